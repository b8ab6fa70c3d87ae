;;; cnnspec-mode.el --- Specs of convolutional networks  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages
;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; A major mode for cnnspec, a language for convolutional networks: colours, comments, indentation, an index of blocks and
;; models.  Findings, repairs, figures, names and formatting come from the language server: M-x eglot.
;;
;;   (require 'cnnspec-mode)
;;   (add-hook 'cnnspec-mode-hook #'eglot-ensure)

;;; Code:

(defgroup cnnspec nil
  "Specs of convolutional networks."
  :group 'languages
  :prefix "cnnspec-")

(defcustom cnnspec-server-command '("cnnspec" "server")
  "The language server: a program and its arguments."
  :type '(repeat string))

(defcustom cnnspec-indent-offset 2
  "Columns for each bracket that is open."
  :type 'natnum
  :safe #'natnump)

(defface cnnspec-layer '((t :inherit font-lock-builtin-face))
  "Layers of the language, and its functions of numbers.")
(defface cnnspec-number '((t :inherit font-lock-constant-face))
  "Numbers and shapes.")
(defface cnnspec-option '((t :inherit font-lock-constant-face))
  "Words that an argument takes, such as same.")
(defface cnnspec-argument '((t :inherit font-lock-variable-name-face))
  "Names that a value is given to.")
(defface cnnspec-property '((t :inherit font-lock-variable-name-face))
  "Figures: in.channels, expect params < 5M.")
(defface cnnspec-current '((t :inherit font-lock-type-face :slant italic))
  "The tensor that enters a step: in.")

;;;; Words

;; ---- words, written by python -m tests.editors ----
(defconst cnnspec-keywords
  '("INPUT" "and" "as" "block" "else" "expect" "for" "if" "input" "model" "not" "or" "output" "shared" "train"
    "use"))
(defconst cnnspec-constants
  '("False" "True" "false" "true"))
(defconst cnnspec-layers
  '("abs" "absolute" "act" "activation" "activity_regularization" "activityregularization" "adaptive_avgpool"
    "adaptive_maxpool" "adaptiveaveragepooling1d" "adaptiveaveragepooling2d" "adaptiveaveragepooling3d"
    "adaptiveavgpool2d" "adaptivemaxpool2d" "adaptivemaxpooling1d" "adaptivemaxpooling2d" "adaptivemaxpooling3d"
    "add" "affine" "alpha_dropout" "alphadropout" "approximate_gelu" "average" "averagepooling" "averagepooling1d"
    "averagepooling2d" "averagepooling3d" "avg_pool" "avgpool" "avgpool1d" "avgpool2d" "avgpool3d" "batch_norm"
    "batchnorm" "batchnorm2d" "batchnormalization" "bn" "cat" "celu" "channel_shuffle" "channels" "channelshuffle"
    "concat" "concatenate" "conv" "conv1d" "conv1dtranspose" "conv2d" "conv2dtranspose" "conv3d" "conv3dtranspose"
    "conv_transpose" "convolution" "convolution1d" "convolution2d" "convolution2dtranspose" "convolution3d"
    "convtranspose" "convtranspose1d" "convtranspose2d" "convtranspose3d" "crop" "cropping" "cropping1d"
    "cropping2d" "cropping3d" "deconv" "dense" "depth_to_space" "depthtospace" "depthwise_conv" "depthwiseconv"
    "depthwiseconv1d" "depthwiseconv2d" "div" "divide" "do" "dot" "drop_path" "dropout" "droppath" "dwconv" "elu"
    "embedding" "exponential" "fc" "flatten" "fully_connected" "fullyconnected" "gap" "gaussian_dropout"
    "gaussian_noise" "gaussiandropout" "gaussiannoise" "gelu" "gelu_tanh" "gelutanh" "global_avgpool"
    "global_maxpool" "globalaveragepooling" "globalaveragepooling1d" "globalaveragepooling2d"
    "globalaveragepooling3d" "globalavgpool1d" "globalavgpool2d" "globalavgpool3d" "globalmaxpool1d"
    "globalmaxpool2d" "globalmaxpool3d" "globalmaxpooling" "globalmaxpooling1d" "globalmaxpooling2d"
    "globalmaxpooling3d" "glu" "gmp" "gn" "group_norm" "groupnorm" "groupnormalization" "hard_shrink"
    "hard_sigmoid" "hard_silu" "hard_swish" "hard_tanh" "hardshrink" "hardsigmoid" "hardsilu" "hardtanh"
    "identity" "instance_norm" "instancenorm" "l2_norm" "l2_normalize" "layer_norm" "layer_scale" "layernorm"
    "layernormalization" "layerscale" "leaky_relu" "leakyrelu" "linear" "linear_layer" "ln" "local_response_norm"
    "localresponsenorm" "log_sigmoid" "log_softmax" "logsigmoid" "logsoftmax" "lrn" "matmul" "max_pool" "maximum"
    "maxpool" "maxpool1d" "maxpool2d" "maxpool3d" "maxpooling" "maxpooling1d" "maxpooling2d" "maxpooling3d"
    "minimum" "mish" "mul" "multiply" "normalization" "normalize" "opaque" "pad" "permute" "pixel_shuffle"
    "pixel_unshuffle" "pixelshuffle" "pixelunshuffle" "pool" "pow" "power" "prelu" "reciprocal" "reduce_l2"
    "reduce_max" "reduce_mean" "reduce_sum" "reducel2" "reducemax" "reducemean" "reducesum" "relu" "relu6"
    "repeat" "repeatvector" "rescale" "rescaling" "reshape" "resize" "resizing" "rms_norm" "rmsnorm"
    "rmsnormalization" "selu" "separable_conv" "separableconv" "separableconv1d" "separableconv2d"
    "separableconvolution2d" "shuffle" "sigmoid" "silu" "slice" "soft_shrink" "softmax" "softplus" "softshrink"
    "softsign" "space_to_depth" "spacetodepth" "sparse_plus" "sparse_sigmoid" "sparsemax" "sparseplus"
    "sparsesigmoid" "spatial_dropout" "spatialdropout" "spatialdropout1d" "spatialdropout2d" "spatialdropout3d"
    "sqrt" "square" "squareplus" "stack" "stochastic_depth" "stochasticdepth" "sub" "subtract" "swish" "tanh"
    "tanh_shrink" "tanhshrink" "tconv" "transpose" "unit_normalization" "unitnormalization" "upsample"
    "upsampling" "upsampling1d" "upsampling2d" "upsampling3d" "zero_pad" "zeropadding" "zeropadding1d"
    "zeropadding2d" "zeropadding3d"))
(defconst cnnspec-layers-alone
  '("abs" "absolute" "activity_regularization" "activityregularization" "add" "affine" "approximate_gelu"
    "average" "averagepooling" "averagepooling1d" "averagepooling2d" "averagepooling3d" "avg_pool" "avgpool"
    "avgpool1d" "avgpool2d" "avgpool3d" "batch_norm" "batchnorm" "batchnorm2d" "batchnormalization" "bn" "cat"
    "celu" "concat" "concatenate" "crop" "cropping" "cropping1d" "cropping2d" "cropping3d" "depth_to_space"
    "depthtospace" "div" "divide" "elu" "exponential" "flatten" "gap" "gelu" "gelu_tanh" "gelutanh"
    "global_avgpool" "global_maxpool" "globalaveragepooling" "globalaveragepooling1d" "globalaveragepooling2d"
    "globalaveragepooling3d" "globalavgpool1d" "globalavgpool2d" "globalavgpool3d" "globalmaxpool1d"
    "globalmaxpool2d" "globalmaxpool3d" "globalmaxpooling" "globalmaxpooling1d" "globalmaxpooling2d"
    "globalmaxpooling3d" "glu" "gmp" "gn" "group_norm" "groupnorm" "groupnormalization" "hard_shrink"
    "hard_sigmoid" "hard_silu" "hard_swish" "hard_tanh" "hardshrink" "hardsigmoid" "hardsilu" "hardtanh"
    "identity" "instance_norm" "instancenorm" "l2_normalize" "layer_norm" "layer_scale" "layernorm"
    "layernormalization" "layerscale" "leaky_relu" "leakyrelu" "linear" "ln" "local_response_norm"
    "localresponsenorm" "log_sigmoid" "log_softmax" "logsigmoid" "logsoftmax" "lrn" "matmul" "max_pool" "maximum"
    "maxpool" "maxpool1d" "maxpool2d" "maxpool3d" "maxpooling" "maxpooling1d" "maxpooling2d" "maxpooling3d"
    "minimum" "mish" "mul" "multiply" "normalization" "normalize" "pad" "pixel_shuffle" "pixel_unshuffle"
    "pixelshuffle" "pixelunshuffle" "pool" "prelu" "reciprocal" "relu" "relu6" "rms_norm" "rmsnorm"
    "rmsnormalization" "selu" "sigmoid" "silu" "soft_shrink" "softmax" "softplus" "softshrink" "softsign"
    "space_to_depth" "spacetodepth" "sparse_plus" "sparse_sigmoid" "sparsemax" "sparseplus" "sparsesigmoid" "sqrt"
    "square" "squareplus" "stack" "sub" "subtract" "swish" "tanh" "tanh_shrink" "tanhshrink" "unit_normalization"
    "unitnormalization" "upsample" "upsampling" "upsampling1d" "upsampling2d" "upsampling3d" "zero_pad"
    "zeropadding" "zeropadding1d" "zeropadding2d" "zeropadding3d"))
(defconst cnnspec-no-layers
  '("AdaptiveAvgPool2d" "BatchNorm1d" "BatchNorm2d" "BatchNorm3d" "Conv1d" "Conv2d" "Conv3d" "ConvTranspose1d"
    "ConvTranspose2d" "ConvTranspose3d" "Dropout2d" "GroupNorm" "InstanceNorm2d" "LayerNorm" "LazyConv2d" "Linear"
    "Upsample"))
(defconst cnnspec-functions
  '("ceil" "floor" "len" "max" "min" "round"))
(defconst cnnspec-budgets
  '("activation_memory" "coverage" "depth" "flops" "inference_memory" "lossless" "macs" "output" "params"
    "params_bytes" "peak_memory" "receptive_field" "training_memory"))
(defconst cnnspec-options
  '("None" "acc" "accuracy" "adadelta" "adafactor" "adagrad" "adam" "adamax" "adamw" "auc" "backup_and_restore"
    "bce" "bicubic" "bilinear" "binary_accuracy" "binary_crossentropy" "binary_focal_crossentropy" "binary_iou"
    "box" "categorical_accuracy" "categorical_crossentropy" "categorical_focal_crossentropy"
    "categorical_generalized_cross_entropy" "categorical_hinge" "causal" "circle" "circular"
    "concordance_correlation" "constant" "cosine" "cosine_decay" "cosine_decay_restarts" "cosine_similarity" "crd"
    "csv_logger" "ctc" "cut_mix" "dcr" "dice" "early_stopping" "edge" "exponential_decay" "f1" "f1_score"
    "false_negatives" "false_positives" "fbeta_score" "ftrl" "gaussian" "glorot_normal" "glorot_uniform"
    "he_normal" "he_uniform" "hinge" "huber" "inverse_time_decay" "iou" "kl_divergence" "kld" "l1" "l1_l2" "l2"
    "lamb" "lanczos3" "lanczos5" "learning_rate_scheduler" "lecun_normal" "lecun_uniform" "lion" "log_cosh"
    "log_cosh_error" "logcosh" "loss_scale_optimizer" "mae" "mape" "max_norm" "mean_absolute_error"
    "mean_absolute_percentage_error" "mean_iou" "mean_squared_error" "mean_squared_logarithmic_error"
    "min_max_norm" "mix_up" "model_checkpoint" "mse" "msle" "muon" "nadam" "nearest" "non_neg" "none"
    "one_hot_iou" "one_hot_mean_iou" "ones" "orthogonal" "orthogonal_regularizer" "pearson_correlation"
    "piecewise_constant_decay" "poisson" "polynomial_decay" "precision" "precision_at_recall" "progbar_logger"
    "r2_score" "rand_augment" "random_brightness" "random_color_degeneration" "random_color_jitter"
    "random_contrast" "random_elastic_transform" "random_erasing" "random_flip" "random_gaussian_blur"
    "random_grayscale" "random_hue" "random_invert" "random_normal" "random_perspective" "random_posterization"
    "random_rotation" "random_saturation" "random_sharpness" "random_shear" "random_translation" "random_uniform"
    "random_zoom" "recall" "recall_at_precision" "reduce_lr_on_plateau" "reflect" "remote_monitor" "rmse"
    "rmsprop" "root_mean_squared_error" "same" "schedule_free_adamw" "sensitivity_at_specificity" "sgd" "sharpen"
    "sobel_x" "sobel_y" "solarization" "sparse_categorical_accuracy" "sparse_categorical_crossentropy"
    "sparse_top_k_categorical_accuracy" "specificity_at_sensitivity" "squared_hinge" "swap_ema_weights"
    "symmetric" "tensorboard" "terminate_on_nan" "top_k_categorical_accuracy" "true_negatives" "true_positives"
    "truncated_normal" "tversky" "unit_norm" "valid" "variance_scaling" "zeros"))
;; ---- end ----

;;;; Forms

(defconst cnnspec--name "\\_<[A-Za-z_][A-Za-z0-9_]*\\_>")

(rx-define cnnspec--size (or (+ (any "0-9")) "?"))
(rx-define cnnspec--named-size (seq (any "A-Z") (* (any "A-Z0-9_"))))
(rx-define cnnspec--plain-number
  (seq (or (seq (+ (any "0-9")) (? "." (+ (any "0-9")))) (seq "." (+ (any "0-9"))))
       (? (any "eE") (? (any "+-")) (+ (any "0-9")))
       (? (or (seq (any "kKMGT") (? "i") (? "B")) "B"))))
(defconst cnnspec--number
  (rx (or (seq (or (seq symbol-start (+ (any "0-9"))) "?")
               (or (+ (* blank) (any "xX×") (* blank) cnnspec--size)
                   (+ "x" (or cnnspec--size cnnspec--named-size))))
          (seq symbol-start cnnspec--named-size (*? "x" (or (+ (any "0-9")) cnnspec--named-size))
               "x?" (+ "x" (or cnnspec--size cnnspec--named-size)))
          (seq "?" (* blank) cnnspec--plain-number (* blank) ".." (* blank) cnnspec--plain-number
               (? (* blank) ":" (* blank) (? "*") (* blank) cnnspec--plain-number))
          (seq "?" (* (any "A-Za-z0-9_")))
          (seq (or (seq symbol-start (+ (any "0-9")) (? "." (+ (any "0-9")))) (seq "." (+ (any "0-9"))))
               (? (any "eE") (? (any "+-")) (+ (any "0-9")))
               (? (or (seq (any "kKMGT") (? "i") (? "B")) "B")))))
  "Numbers, shapes and holes: 3x3, ?x?x1, 0.5, 1e-3, 5M, 256KiB, ?a, ?8..64:8.")

;;;; Colours

(defun cnnspec--layer-p (word layers)
  "Whether WORD is one of LAYERS, in any case."
  (and (not (member word cnnspec-no-layers)) (member (downcase word) layers)))

(defun cnnspec--face-of-call ()
  "The face of the word that was matched and stands before a bracket."
  (let ((word (match-string-no-properties 1)))
    (and (not (member word cnnspec-keywords))
         (or (cnnspec--layer-p word cnnspec-layers) (member word cnnspec-functions))
         'cnnspec-layer)))

(defun cnnspec--face-of-name ()
  "The face of the word that was matched and stands alone."
  (and (cnnspec--layer-p (match-string-no-properties 0) cnnspec-layers-alone) 'cnnspec-layer))

(defun cnnspec--face-of-value ()
  "The face of the word that was matched and is given to a name."
  (let ((word (match-string-no-properties 2)))
    (and word (member word cnnspec-options) 'cnnspec-option)))

(defun cnnspec--match-budget (limit)
  "Find the next figure of a budget before LIMIT: params in expect params < 5M."
  (let (found)
    (while (and (not found) (re-search-forward (concat "\\_<" (regexp-opt cnnspec-budgets) "\\_>") limit t))
      (setq found (save-excursion
                    (save-match-data
                      (goto-char (match-beginning 0))
                      (looking-back "\\_<expect[ \t]+[^(\n;{}][^\n;{}]*\\|\\_<expect[ \t]+" (line-beginning-position))))))
    found))

(defun cnnspec--match-used (limit)
  "Find the next name in the brackets of a use before LIMIT."
  (let (found)
    (while (and (not found) (re-search-forward cnnspec--name limit t))
      (setq found (save-excursion
                    (save-match-data
                      (let ((open (nth 1 (syntax-ppss (match-beginning 0)))))
                        (and open (progn (goto-char open)
                                         (looking-back "\\_<use[ \t]*[\"'][^\"'\n]*[\"'][ \t]*" (line-beginning-position)))))))))
    found))

(defun cnnspec--match-number (limit)
  "Find the next number before LIMIT.
That of the range 0..3 begins behind both dots."
  (let (found)
    (while (and (setq found (re-search-forward cnnspec--number limit t))
                (eq (char-after (match-beginning 0)) ?.)
                (eq (char-before (match-beginning 0)) ?.))
      (goto-char (1+ (match-beginning 0))))
    found))

(defvar cnnspec-font-lock-keywords
  `((cnnspec--match-budget 0 'cnnspec-property)
    (cnnspec--match-used 0 'font-lock-function-name-face)
    ("\\_<\\(?:block\\|shared\\)[ \t]+\\([A-Za-z_][A-Za-z0-9_]*\\)" 1 'font-lock-function-name-face)
    ("\\_<model[ \t]+\\([A-Za-z_][A-Za-z0-9_]*\\)" 1 'font-lock-type-face)
    ("\\_<for\\_>[^][(){}#\n]*?\\_<\\(in\\)\\_>" 1 'font-lock-keyword-face)
    ("\\_<in\\_>" 0 'cnnspec-current)
    (,(concat "\\_<" (regexp-opt cnnspec-keywords) "\\_>") 0 'font-lock-keyword-face)
    (,(concat "\\_<" (regexp-opt cnnspec-constants) "\\_>") 0 'font-lock-constant-face)
    (,(concat "\\(" cnnspec--name "\\|[\"'”’]\\)[ \t]*[=:]\\(?:[ \t]*\\(" cnnspec--name "\\)[ \t]*\\(?:[^(.= \t\n]\\|$\\)\\)?")
     (2 (cnnspec--face-of-value) nil t))
    (,(concat "\\(" cnnspec--name "\\)[ \t]*\\(?:=\\(?:[^=>]\\|$\\)\\|:\\)") 1 'cnnspec-argument)
    ("\\_<\\(\\(?:tf\\.\\)?\\(?:keras\\.\\)?\\(?:layers\\.\\)?Input\\(?:Layer\\)?\\)[ \t]*(" 1 'cnnspec-layer)
    (,(concat "[^.]\\.\\(" cnnspec--name "\\)[ \t]*\\(?:[^( \t]\\|$\\)") 1 'cnnspec-property)
    (,(concat "\\(" cnnspec--name "\\)[ \t]*(") 1 (cnnspec--face-of-call))
    (,cnnspec--name 0 (cnnspec--face-of-name))
    (cnnspec--match-number 0 'cnnspec-number))
  "What is coloured in specs; what is found first counts.")

(defvar cnnspec-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "_" table)
    (dolist (sign '(?\" ?\' ?\\ ?. ?+ ?- ?* ?/ ?% ?^ ?= ?< ?> ?! ?? ?$ ?& ?| ?` ?@ ?~))
      (modify-syntax-entry sign "." table))
    table)
  "Syntax of specs.  Quotes count in pairs alone: see `cnnspec--propertize'.")

;; A text ends on its line: a quote without its pair there is none, so that what is half-written does not colour the rest.
(defun cnnspec--propertize (start end)
  "Make the quotes of texts between START and END count as such, by pairs."
  (goto-char start)
  (while (re-search-forward "\"[^\"\n]*\"\\|'[^'\n]*'\\|[“”„][^“”\"\n]*[“”]\\|[‘’‚][^‘’'\n]*[‘’]\\|#.*" end t)
    (unless (eq (char-after (match-beginning 0)) ?#)
      (dolist (place (list (match-beginning 0) (1- (match-end 0))))
        (put-text-property place (1+ place) 'syntax-table (string-to-syntax "|"))))))

;;;; Indentation

(defun cnnspec-indent-line ()
  "Indent a line by the brackets that are open before it.
A line that goes on with an arrow or else stands further in."
  (interactive)
  (let* ((arrow "\\(?:[-=]>\\|→\\)")
         (open (save-excursion (nth 1 (syntax-ppss (line-beginning-position)))))
         (base (if open (save-excursion (goto-char open) (+ (current-indentation) cnnspec-indent-offset)) 0))
         (column (save-excursion
                   (back-to-indentation)
                   (cond ((looking-at "[])}]") (max 0 (- base cnnspec-indent-offset)))
                         ((or (looking-at (concat arrow "\\|else\\_>")) (cnnspec--goes-on-p arrow)) (+ base cnnspec-indent-offset))
                         (t base)))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

(defun cnnspec--goes-on-p (arrow)
  "Whether the line with code before this one ends with an ARROW."
  (save-excursion
    (forward-line 0)
    (forward-comment (- (point)))
    (looking-back arrow (line-beginning-position))))

;;;; The mode

;;;###autoload
(define-derived-mode cnnspec-mode prog-mode "cnnspec"
  "A mode for specs of convolutional networks."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+[ \t]*")
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width cnnspec-indent-offset)
  (setq-local indent-line-function #'cnnspec-indent-line)
  (setq-local electric-indent-chars (append "])}" electric-indent-chars))
  (setq-local syntax-propertize-function #'cnnspec--propertize)
  (setq-local font-lock-defaults '(cnnspec-font-lock-keywords))
  (setq-local imenu-generic-expression
              '(("Models" "^[ \t]*model[ \t]+\\([A-Za-z_][A-Za-z0-9_]*\\)" 1)
                ("Blocks" "^[ \t]*block[ \t]+\\([A-Za-z_][A-Za-z0-9_]*\\)" 1))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.cnn\\'" . cnnspec-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'cnnspec-mode (lambda (&rest _) cnnspec-server-command))))

(provide 'cnnspec-mode)
;;; cnnspec-mode.el ends here
