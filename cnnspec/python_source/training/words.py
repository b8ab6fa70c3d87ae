"""The words that Keras takes for losses, metrics and optimizers; a test compares them with Keras's own tables."""

from __future__ import annotations

_LOSS_CLASSES = (
    "BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalHinge "
    "Circle CosineSimilarity Dice Hinge Huber KLDivergence LogCosh Loss LossFunctionWrapper MeanAbsoluteError "
    "MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy "
    "SquaredHinge Tversky"
)
_LOSS_FUNCTIONS = (
    "binary_crossentropy binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy "
    "categorical_hinge circle cosine_similarity ctc dice hinge huber kl_divergence log_cosh mean_absolute_error "
    "mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error poisson "
    "sparse_categorical_crossentropy squared_hinge tversky"
)
_METRIC_CLASSES = (
    "AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy "
    "CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU "
    "KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper "
    "MeanSquaredError MeanSquaredLogarithmicError Metric OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision "
    "PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity "
    "SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity "
    "SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives"
)
_METRIC_FUNCTIONS = (
    "accuracy auc binary_accuracy binary_crossentropy binary_io_u categorical_accuracy categorical_crossentropy "
    "categorical_hinge concordance_correlation cosine_similarity f1_score f_beta_score false_negatives false_positives "
    "hinge io_u kl_divergence log_cosh_error mean mean_absolute_error mean_absolute_percentage_error mean_io_u "
    "mean_metric_wrapper mean_squared_error mean_squared_logarithmic_error metric one_hot_io_u one_hot_mean_io_u "
    "pearson_correlation poisson precision precision_at_recall r2_score recall recall_at_precision "
    "root_mean_squared_error sensitivity_at_specificity sparse_categorical_accuracy sparse_categorical_crossentropy "
    "sparse_top_k_categorical_accuracy specificity_at_sensitivity squared_hinge sum top_k_categorical_accuracy "
    "true_negatives true_positives"
)
_OPTIMIZERS = (
    "adam sgd rmsprop adamw adagrad adadelta adamax nadam ftrl lion adafactor muon schedulefreeadamw lossscaleoptimizer "
    "multioptimizer optimizer optimizermap"
)
_SHORT = "bce mae mse mape msle BCE MAE MSE MAPE MSLE"

# In an order in which the words that people write come first: the proposals for a misspelt one.
WORDS: dict[str, tuple[str, ...]] = {
    "losses": tuple(f"{_LOSS_FUNCTIONS} {_SHORT} kld KLD {_LOSS_CLASSES}".split()),
    "metrics": tuple(f"{_METRIC_FUNCTIONS} {_SHORT} {_METRIC_CLASSES}".split()),
    "optimizers": tuple(_OPTIMIZERS.split()),
}
# Words that stand for the loss or metric that fits the labels, in any case.
FITTING = {"losses": ("crossentropy", "ce"), "metrics": ("accuracy", "acc"), "optimizers": ()}


def is_word(module: str, word: str) -> bool:
    """Whether Keras takes a word for a loss, a metric or an optimizer; optimizers in any case."""
    lowered = word.lower()
    return lowered in FITTING[module] or (lowered if module == "optimizers" else word) in WORDS[module]
