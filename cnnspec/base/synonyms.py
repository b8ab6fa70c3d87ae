"""Words of other tools, and the words for the same things here: one table for each kind of word.

The other tools' words are in lower case, without "-" and "_". Words for what does not exist here, such as lstm, are in no
table.
"""

from __future__ import annotations


def _table(text: str) -> dict[str, str]:
    """A table from lines of "word: its other names", by the other names."""
    rows = [line.partition(": ") for line in text.strip().splitlines()]
    return {other: word.strip() for word, _, others in rows for other in others.split()}


COMMANDS = """
    check: lint validate verify analyze analyse audit
    summary: show view print describe info display stats statistics params parameters table shapes inspect
    explain: derive why formulas
    rf: receptivefield receptivefields field fields
    lost: waste dead
    cost: flops macs memory profile benchmark roofline
    sizes: inputsizes
    compare: comparison versus vs
    diff: difference cmp delta changes
    sweep: grid gridsearch explore candidates
    search: tune tuner hyperparameters hpo nas optuna study trials automl
    solve: optimize optimise maximize minimize fill scale
    import: load decompile
    fix: mend repair autofix
    format: fmt beautify pretty prettify reformat
    compile: build convert make
    train: fit run learn
    resume: continue restart
    runs: history experiments
    evaluate: score measure validation
    predict: infer inference classify
    look: gradcam occlusion saliency activations featuremaps
    export: save deploy
"""
LAYERS = """
    dense: linear affine innerproduct denselayer linearlayer
    conv: convlayer convolve pointwise pointwiseconv dilatedconv atrousconv groupconv groupedconv cnn
    depthwise_conv: depthwise depthwiseconvolution depthwiseconv3d
    separable_conv: separable sepconv sepconv2d separableconvolution
    conv_transpose: transposedconv transposeconv convtransposed deconvolution deconv2d deconvolution2d upconv upconv2d
    maxpool: pooling pool2d maxpoolinglayer
    avgpool: meanpool meanpooling averagepool averagepool1d averagepool2d
    gap: globalpool globalpooling globalaverage globalaveragepool globalaveragepool2d globalmeanpool
    gmp: globalmax globalmaxpool
    adaptive_avgpool: adaptiveavgpool1d adaptiveavgpool3d adaptiveaveragepool adaptivepool
    adaptive_maxpool: adaptivemaxpool1d adaptivemaxpool3d
    bn: batchnorm1d batchnorm3d syncbatchnorm syncbn bnorm
    layer_norm: layernorm2d lnorm
    instance_norm: instancenorm1d instancenorm2d instancenorm3d instancenormalization
    group_norm: groupnorm2d
    rms_norm: rms
    unit_normalization: l2norm l2normalize
    spatial_dropout: dropout1d dropout2d dropout3d featuredropout
    alpha_dropout: featurealphadropout
    gaussian_noise: noise
    stochastic_depth: droppathlayer
    relu: relulayer rectifier
    leaky_relu: lrelu leaky
    hard_silu: hswish hardswish
    hard_sigmoid: hsigmoid
    sigmoid: logistic expit
    exponential: exp
    softmax: softmax2d
    add: sum plus residual shortcut addition
    subtract: minus difference
    multiply: times product mult
    average: mean avg
    concat: join merge concatenation
    flatten: flat ravel
    reshape: view
    permute: swapaxes
    repeat: tile
    pad: zeropad1d zeropad2d zeropad3d zeropadlayer
    crop: centercrop
    upsample: upsample1d upsample2d upsample3d interpolate unpool unpooling upsamplingbilinear2d upsamplingnearest2d
    channel_shuffle: shufflechannels
    embedding: embed lookup wordembedding
    identity: noop passthrough
"""
ARGUMENTS = """
    filters: outchannels numfilters nfilters outputchannels outplanes nout
    units: outfeatures numunits neurons nodes hiddenunits hidden outputs
    kernel: filtersize windowsize window kernelshape kernelsizes ksize
    stride: step steps subsample
    padding: paddingmode border
    dilation: rate atrous dilationrates
    groups: numgroups ngroups cardinality
    activation: nonlinearity activationfunction func
    bias: hasbias withbias nobias
    rate: prob probability dropoutrate dropprob drop
    epsilon: eps
    axis: dim dimension
    negative_slope: leak
    size: scalefactor outputsize
    interpolation: method mode
    multiplier: channelmultiplier widthmultiplier
    kernel_values: weights values kernelweights coefficients
    kernel_initializer: init weightinit initializer weightinitializer
    kernel_regularizer: regularizer weightregularizer
"""
WORDS = """
    same: half samepadding sameupper
    valid: nopadding nopad unpadded
    zeros: zero
    ones: one
    glorot_uniform: xavier glorot xavieruniform
    glorot_normal: xaviernormal
    he_normal: kaiming he kaimingnormal msra
    he_uniform: kaiminguniform
    lecun_normal: lecun
    random_normal: normal gaussian
    random_uniform: uniform
    l2: ridge
    l1: lasso
    linear: none identity
    sigmoid: logistic
    silu: swish
    hard_silu: hswish hardswish
    leaky_relu: lrelu leaky
    bilinear: linear
    bicubic: cubic
    nearest: nearestneighbor nearestneighbour
"""
TRAINING = """
    batch: batchsize bs minibatch
    data: dataset source trainset
    learning_rate: lr stepsize
    epochs: nepochs numepochs
    loss: criterion objective lossfunction
    validation: val validationsplit valsplit
    test: testsplit
    augment: augmentation augmentations transforms
    seed: randomseed randomstate
    metrics: scores
    sgd: momentum gradientdescent
    sparse_categorical_crossentropy: crossentropy crossentropyloss ce nll nllloss softmaxcrossentropy
    binary_crossentropy: logloss bceloss bcewithlogits sigmoidcrossentropy
    mean_squared_error: squarederror mseloss l2loss
    mean_absolute_error: absoluteerror l1loss
    huber: smoothl1 smoothl1loss
    early_stopping: earlystop
"""
OPTIONS = """
    ignore: disable
    select: enable rules
    profile: preset
    strict-stride: strict
    target: targets backend framework
"""

TABLES = [_table(text) for text in (COMMANDS, LAYERS, ARGUMENTS, WORDS, TRAINING, OPTIONS)]
