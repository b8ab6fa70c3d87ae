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

;;; see.el ends here
