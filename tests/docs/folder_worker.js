// Search runs in a worker, and browsers start none where the site is opened from a folder. There a hidden frame stands in for it.
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(url) {
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      this.inside = this.frame.contentWindow;
      this.inside.postMessage = (data) => this.deliver(structuredClone(data));
      const script = this.inside.document.createElement("script");
      script.src = url;
      script.onload = () => {
        this.ready = true;
        this.waiting.splice(0).forEach((data) => this.postMessage(data));
      };
      script.onerror = (error) => this.onerror?.(error);
      this.inside.document.head.append(script);
    }

    deliver(data) {
      setTimeout(() => this.onmessage?.({ data }));
    }

    postMessage(data) {
      const copy = structuredClone(data);
      if (this.ready) setTimeout(() => this.inside.onmessage({ data: copy }));
      else this.waiting.push(copy);
    }

    terminate() {
      this.frame.remove();
    }
  };
}
