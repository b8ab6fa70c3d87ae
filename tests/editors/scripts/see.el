;;; see.el --- for the tests: what Emacs sees in a file, written to another  -*- lexical-binding: t; -*-

(require 'imenu)
(require 'cnnspec-mode)

(defun see-write (to lines)
  "Write LINES to the file TO."
  (let ((coding-system-for-write 'utf-8))
    (write-region (concat (mapconcat #'identity lines "\n") "\n") nil to nil 'quiet)))

(defun see-faces (file to)
  "Write the face of each character of FILE to TO, a line for each of its lines."
  (with-current-buffer (find-file-noselect file)
    (font-lock-ensure)
    (goto-char (point-min))
    (let (lines)
      (while (not (eobp))
        (push (mapconcat (lambda (at) (symbol-name (or (get-text-property at 'face) 'default)))
                         (number-sequence (line-beginning-position) (1- (line-end-position))) " ")
              lines)
        (forward-line 1))
      (see-write to (nreverse lines)))))

(defun see-indented (file to)
  "Write FILE as Emacs indents it, from no indentation at all, to TO."
  (with-current-buffer (find-file-noselect file)
    (goto-char (point-min))
    (while (re-search-forward "^[ \t]+" nil t) (replace-match ""))
    (let ((inhibit-message t)) (indent-region (point-min) (point-max)))
    (write-region nil nil to nil 'quiet)))

(defun see-commented (file to)
  "Write the mode of FILE, its index, and the text with its first line commented out, to TO."
  (with-current-buffer (find-file-noselect file)
    (let ((index (mapcar (lambda (part) (format "%s: %s" (car part) (mapconcat #'car (cdr part) ", ")))
                         (let ((imenu-use-markers nil)) (funcall imenu-create-index-function)))))
      (comment-region (point-min) (save-excursion (goto-char (point-min)) (line-end-position)))
      (see-write to (append (list (symbol-name major-mode)) index (list (buffer-string)))))))

(defun see-wait (what condition)
  "Wait until the function CONDITION is true; WHAT is what it stands for."
  (let ((end (+ (float-time) 60)))
    (while (not (funcall condition))
      (when (> (float-time) end) (error "Nothing came of %s" what))
      (accept-process-output nil 0.05))))

(defun see-eglot (file to)
  "Write to TO what eglot shows and does in FILE: findings, a repair, a new name, formatting."
  (require 'eglot)
  (with-current-buffer (find-file-noselect file)
    (let ((eglot-sync-connect 60) (eglot-autoshutdown t) (inhibit-message t))
      (call-interactively #'eglot)
      (flymake-start)
      (see-wait "findings" #'flymake-diagnostics)
      (let* ((found (car (flymake-diagnostics)))
             (line (line-number-at-pos (flymake-diagnostic-beg found)))
             (text (car (split-string (flymake-diagnostic-text found) "\n"))))
        (eglot-code-actions (flymake-diagnostic-beg found) (flymake-diagnostic-end found) "quickfix" t)
        (eglot--signal-textDocument/didChange)  ; which an idle moment does elsewhere
        (see-wait "the repair" (lambda () (not (flymake-diagnostics))))
        (goto-char (point-min))
        (search-forward "cbr")
        (eglot-rename "unit")
        (eglot--signal-textDocument/didChange)
        (eglot-format-buffer)
        (see-write to (list (number-to-string line) text (buffer-string)))
        (set-buffer-modified-p nil)
        (eglot-shutdown (eglot-current-server))))))

;;; see.el ends here
