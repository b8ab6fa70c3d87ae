"""The words of a train section: what Keras calls them, and which arguments they take.

A table a module: our word → (Keras's class, its parameters in Keras's order; `!` marks one without a default). It is
written out here so that a check needs no Keras; a test compares every line with Keras's own signatures. What only
Python can give (functions, arrays, dictionaries) is left out.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.layers.argument import Term

    Table = dict[str, tuple[str, str]]

_EVERY = "clipnorm clipvalue global_clipnorm use_ema ema_momentum ema_overwrite_frequency loss_scale_factor gradient_accumulation_steps name"
_DECAYED = f"weight_decay {_EVERY}"
_ADAM = "learning_rate beta_1 beta_2 epsilon"
OPTIMIZERS: Table = {
    "adam": ("Adam", f"{_ADAM} amsgrad {_DECAYED}"),
    "adamw": ("AdamW", f"learning_rate weight_decay beta_1 beta_2 epsilon amsgrad {_EVERY}"),
    "adamax": ("Adamax", f"{_ADAM} {_DECAYED}"),
    "nadam": ("Nadam", f"{_ADAM} {_DECAYED}"),
    "lamb": ("Lamb", f"{_ADAM} {_DECAYED}"),
    "lion": ("Lion", f"learning_rate beta_1 beta_2 {_DECAYED}"),
    "sgd": ("SGD", f"learning_rate momentum nesterov {_DECAYED}"),
    "rmsprop": ("RMSprop", f"learning_rate rho momentum epsilon centered {_DECAYED}"),
    "adadelta": ("Adadelta", f"learning_rate rho epsilon {_DECAYED}"),
    "adagrad": ("Adagrad", f"learning_rate initial_accumulator_value epsilon {_DECAYED}"),
    "adafactor": (
        "Adafactor",
        f"learning_rate beta_2_decay epsilon_1 epsilon_2 clip_threshold relative_step {_DECAYED}",
    ),
    "ftrl": (
        "Ftrl",
        "learning_rate learning_rate_power initial_accumulator_value l1_regularization_strength "
        f"l2_regularization_strength l2_shrinkage_regularization_strength beta {_DECAYED}",
    ),
    "muon": (
        "Muon",
        f"learning_rate adam_beta_1 adam_beta_2 adam_weight_decay epsilon {_DECAYED} exclude_layers exclude_embeddings "
        "muon_a muon_b muon_c adam_lr_ratio momentum ns_steps nesterov rms_rate",
    ),
    "schedule_free_adamw": ("ScheduleFreeAdamW", f"{_ADAM} warmup_steps {_DECAYED}"),
    "loss_scale_optimizer": ("LossScaleOptimizer", "inner_optimizer! initial_scale dynamic_growth_steps name"),
}
SCHEDULES: Table = {
    "cosine_decay": ("CosineDecay", "initial_learning_rate! decay_steps! alpha name warmup_target warmup_steps"),
    "cosine_decay_restarts": (
        "CosineDecayRestarts",
        "initial_learning_rate! first_decay_steps! t_mul m_mul alpha name",
    ),
    "exponential_decay": ("ExponentialDecay", "initial_learning_rate! decay_steps! decay_rate! staircase name"),
    "inverse_time_decay": ("InverseTimeDecay", "initial_learning_rate! decay_steps! decay_rate! staircase name"),
    "piecewise_constant_decay": ("PiecewiseConstantDecay", "boundaries! values! name"),
    "polynomial_decay": ("PolynomialDecay", "initial_learning_rate! decay_steps! end_learning_rate power cycle name"),
}
_REST = "reduction name dtype"
LOSSES: Table = {
    "sparse_categorical_crossentropy": ("SparseCategoricalCrossentropy", "from_logits ignore_class reduction axis name dtype"),
    "categorical_crossentropy": ("CategoricalCrossentropy", f"from_logits label_smoothing axis {_REST}"),
    "binary_crossentropy": ("BinaryCrossentropy", f"from_logits label_smoothing axis {_REST}"),
    "categorical_focal_crossentropy": ("CategoricalFocalCrossentropy", f"alpha gamma from_logits label_smoothing axis {_REST}"),
    "binary_focal_crossentropy": (
        "BinaryFocalCrossentropy", f"apply_class_balancing alpha gamma from_logits label_smoothing axis {_REST}",
    ),
    "categorical_generalized_cross_entropy": ("CategoricalGeneralizedCrossEntropy", f"q {_REST}"),
    "categorical_hinge": ("CategoricalHinge", _REST),
    "hinge": ("Hinge", _REST),
    "squared_hinge": ("SquaredHinge", _REST),
    "kl_divergence": ("KLDivergence", _REST),
    "poisson": ("Poisson", _REST),
    "mean_squared_error": ("MeanSquaredError", _REST),
    "mean_absolute_error": ("MeanAbsoluteError", _REST),
    "mean_absolute_percentage_error": ("MeanAbsolutePercentageError", _REST),
    "mean_squared_logarithmic_error": ("MeanSquaredLogarithmicError", _REST),
    "huber": ("Huber", f"delta {_REST}"),
    "log_cosh": ("LogCosh", _REST),
    "cosine_similarity": ("CosineSimilarity", f"axis {_REST}"),
    "dice": ("Dice", "reduction name axis dtype"),
    "tversky": ("Tversky", "alpha beta reduction name axis dtype"),
    "circle": ("Circle", f"gamma margin remove_diagonal {_REST}"),
    "ctc": ("CTC", _REST),
}  # fmt: skip
_AT = "num_thresholds class_id name dtype"
METRICS: Table = {
    # Keras's class Accuracy asks whether prediction and label are equal numbers; its word "accuracy" is the share of
    # right answers, in the form that fits the labels. Nobody who writes the class means the former.
    "accuracy": ("accuracy", ""),
    "sparse_categorical_accuracy": ("SparseCategoricalAccuracy", "name dtype"),
    "categorical_accuracy": ("CategoricalAccuracy", "name dtype"),
    "binary_accuracy": ("BinaryAccuracy", "name dtype threshold"),
    "top_k_categorical_accuracy": ("TopKCategoricalAccuracy", "k name dtype"),
    "sparse_top_k_categorical_accuracy": ("SparseTopKCategoricalAccuracy", "k name dtype from_sorted_ids"),
    "precision": ("Precision", "thresholds top_k class_id name dtype"),
    "recall": ("Recall", "thresholds top_k class_id name dtype"),
    "f1_score": ("F1Score", "average threshold name dtype"),
    "fbeta_score": ("FBetaScore", "average beta threshold name dtype"),
    "auc": (
        "AUC",
        "num_thresholds curve summation_method name dtype thresholds multi_label num_labels label_weights from_logits",
    ),
    "true_positives": ("TruePositives", "thresholds name dtype"),
    "true_negatives": ("TrueNegatives", "thresholds name dtype"),
    "false_positives": ("FalsePositives", "thresholds name dtype"),
    "false_negatives": ("FalseNegatives", "thresholds name dtype"),
    "precision_at_recall": ("PrecisionAtRecall", f"recall! {_AT}"),
    "recall_at_precision": ("RecallAtPrecision", f"precision! {_AT}"),
    "sensitivity_at_specificity": ("SensitivityAtSpecificity", f"specificity! {_AT}"),
    "specificity_at_sensitivity": ("SpecificityAtSensitivity", f"sensitivity! {_AT}"),
    "iou": ("IoU", "num_classes! target_class_ids! name dtype ignore_class sparse_y_true sparse_y_pred axis"),
    "binary_iou": ("BinaryIoU", "target_class_ids threshold name dtype"),
    "mean_iou": ("MeanIoU", "num_classes! name dtype ignore_class sparse_y_true sparse_y_pred axis"),
    "one_hot_iou": ("OneHotIoU", "num_classes! target_class_ids! name dtype ignore_class sparse_y_pred axis"),
    "one_hot_mean_iou": ("OneHotMeanIoU", "num_classes! name dtype ignore_class sparse_y_pred axis"),
    "sparse_categorical_crossentropy": ("SparseCategoricalCrossentropy", "name dtype from_logits ignore_class axis"),
    "categorical_crossentropy": ("CategoricalCrossentropy", "name dtype from_logits label_smoothing axis"),
    "binary_crossentropy": ("BinaryCrossentropy", "name dtype from_logits label_smoothing"),
    "categorical_hinge": ("CategoricalHinge", "name dtype"),
    "hinge": ("Hinge", "name dtype"),
    "squared_hinge": ("SquaredHinge", "name dtype"),
    "kl_divergence": ("KLDivergence", "name dtype"),
    "poisson": ("Poisson", "name dtype"),
    "mean_squared_error": ("MeanSquaredError", "name dtype"),
    "root_mean_squared_error": ("RootMeanSquaredError", "name dtype"),
    "mean_absolute_error": ("MeanAbsoluteError", "name dtype"),
    "mean_absolute_percentage_error": ("MeanAbsolutePercentageError", "name dtype"),
    "mean_squared_logarithmic_error": ("MeanSquaredLogarithmicError", "name dtype"),
    "log_cosh_error": ("LogCoshError", "name dtype"),
    "cosine_similarity": ("CosineSimilarity", "name dtype axis"),
    "r2_score": ("R2Score", "class_aggregation num_regressors name dtype"),
    "pearson_correlation": ("PearsonCorrelation", "name dtype axis"),
    "concordance_correlation": ("ConcordanceCorrelation", "name dtype axis"),
}
CALLBACKS: Table = {
    "early_stopping": (
        "EarlyStopping", "monitor min_delta patience verbose mode baseline restore_best_weights start_from_epoch",
    ),
    "model_checkpoint": (
        "ModelCheckpoint",
        "filepath! monitor verbose save_best_only save_weights_only mode save_freq initial_value_threshold",
    ),
    "backup_and_restore": ("BackupAndRestore", "backup_dir! save_freq double_checkpoint delete_checkpoint"),
    "csv_logger": ("CSVLogger", "filename! separator append"),
    "learning_rate_scheduler": ("LearningRateScheduler", "schedule! verbose"),
    "reduce_lr_on_plateau": ("ReduceLROnPlateau", "monitor factor patience verbose mode min_delta cooldown min_lr"),
    "terminate_on_nan": ("TerminateOnNaN", "raise_error"),
    "swap_ema_weights": ("SwapEMAWeights", "swap_on_epoch"),
    "progbar_logger": ("ProgbarLogger", ""),
    "remote_monitor": ("RemoteMonitor", "root path field headers send_as_json"),
    "tensorboard": (
        "TensorBoard",
        "log_dir histogram_freq write_graph write_images write_steps_per_second update_freq profile_batch "
        "embeddings_freq embeddings_metadata",
    ),
}  # fmt: skip
# What changes the images of a training batch. Left out: random_crop, whose images would have another size than the
# network's, and aug_mix, which draws from Python's own generator, so that no training could be repeated.
_FILLED = "interpolation fill_mode fill_value"
AUGMENTATIONS: Table = {
    "random_flip": ("RandomFlip", "mode seed data_format"),
    "random_rotation": ("RandomRotation", "factor! fill_mode interpolation seed fill_value data_format"),
    "random_zoom": ("RandomZoom", "height_factor! width_factor fill_mode interpolation seed fill_value data_format"),
    "random_translation": (
        "RandomTranslation", "height_factor! width_factor! fill_mode interpolation seed fill_value data_format",
    ),
    "random_shear": ("RandomShear", f"x_factor y_factor {_FILLED} data_format seed"),
    "random_perspective": ("RandomPerspective", "factor scale interpolation fill_value seed data_format"),
    "random_elastic_transform": ("RandomElasticTransform", f"factor scale {_FILLED} value_range seed data_format"),
    "random_erasing": ("RandomErasing", "factor scale fill_value value_range seed data_format"),
    "random_brightness": ("RandomBrightness", "factor! value_range seed"),
    "random_contrast": ("RandomContrast", "factor! value_range seed"),
    "random_hue": ("RandomHue", "factor! value_range data_format seed"),
    "random_saturation": ("RandomSaturation", "factor! value_range data_format seed"),
    "random_color_jitter": (
        "RandomColorJitter",
        "value_range brightness_factor contrast_factor saturation_factor hue_factor seed data_format",
    ),
    "random_color_degeneration": ("RandomColorDegeneration", "factor! value_range data_format seed"),
    "random_grayscale": ("RandomGrayscale", "factor data_format seed"),
    "random_invert": ("RandomInvert", "factor value_range seed data_format"),
    "random_posterization": ("RandomPosterization", "factor! value_range data_format seed"),
    "random_sharpness": ("RandomSharpness", "factor! value_range data_format seed"),
    "random_gaussian_blur": ("RandomGaussianBlur", "factor kernel_size sigma value_range data_format seed"),
    "solarization": ("Solarization", "addition_factor threshold_factor value_range seed"),
    "rand_augment": ("RandAugment", "value_range num_ops factor interpolation seed data_format"),
    "cut_mix": ("CutMix", "factor seed data_format"),
    "mix_up": ("MixUp", "alpha data_format seed"),
}  # fmt: skip
MOVING = (  # which move what is in an image, so that a map of its places moves as well
    "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomShear", "RandomPerspective",
    "RandomElasticTransform", "RandAugment",
)  # fmt: skip
PAIRS, TRIPLETS = "pairs", "triplets"  # of the examples of a data set
PAIRINGS = {PAIRS: 2, TRIPLETS: 3}  # how many inputs each is for
MIXING = ("CutMix", "MixUp")  # whose labels become shares of two classes
MODULES: dict[str, tuple[str, Table]] = {
    "optimizers": ("optimizer", OPTIMIZERS),
    "optimizers.schedules": ("learning-rate schedule", SCHEDULES),
    "losses": ("loss", LOSSES),
    "metrics": ("metric", METRICS),
    "callbacks": ("callback", CALLBACKS),
    "layers": ("augmentation", AUGMENTATIONS),
}
PYTHON_ONLY = {
    "headers", "embeddings_metadata", "label_weights",  # dictionaries and arrays
    "seed", "data_format",  # a training's own
}  # fmt: skip
FILLED_IN = {"num_classes"}  # which the network's end says where they are not given
SHORT = {
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "rmse": "root_mean_squared_error", "kld": "kl_divergence",
    "bce": "binary_crossentropy", "cosine": "cosine_similarity", "acc": "accuracy", "f1": "f1_score", "logcosh": "log_cosh",
}  # fmt: skip

# metrics that say how wrong a network is, apart from those that are losses too
LOWER = {"root_mean_squared_error", "log_cosh_error", "false_positives", "false_negatives"}


def find_word(written: str, table: Table) -> str | None:
    """The word of a table that was written as early_stopping, EarlyStopping or a short form; None without one."""
    folded = {name.replace("_", ""): name for name in table} | {cls.lower(): name for name, (cls, _) in table.items()}
    folded |= {short: full for short, full in SHORT.items() if full in table}
    return folded.get(written.lower().replace("_", ""))


def spell_term(term: Term) -> str:
    """The spelling of a resolved word in the language: early_stopping for EarlyStopping."""
    return next(name for name, (cls, _) in MODULES[term.module][1].items() if cls == term.name)


def lower_is_better(metric: str) -> bool:
    """Whether a metric of the table says how wrong a network is rather than how right."""
    return metric in LOWER or (metric in LOSSES and metric != "cosine_similarity")
