" Specs of convolutional networks. A word is found by the form that it stands in, then by what it is: the words themselves are
" written by `python -m tests.editors` from the grammar and the catalogue of layers.
if exists('b:current_syntax')
  finish
endif

syntax case match
syntax iskeyword @,48-57,_

" ---- words, written by python -m tests.editors ----
syntax keyword cnnspecStatement contained INPUT block expect input model output shared train use
syntax keyword cnnspecControl contained as else for if
syntax keyword cnnspecWordOperator contained and not or
syntax keyword cnnspecCurrent contained in
syntax keyword cnnspecConstant contained False True false true
syntax keyword cnnspecOption contained None acc accuracy adadelta adafactor adagrad adam adamax adamw auc backup_and_restore bce
syntax keyword cnnspecOption contained bicubic bilinear binary_accuracy binary_crossentropy binary_focal_crossentropy binary_iou
syntax keyword cnnspecOption contained box categorical_accuracy categorical_crossentropy categorical_focal_crossentropy
syntax keyword cnnspecOption contained categorical_generalized_cross_entropy categorical_hinge causal circle circular
syntax keyword cnnspecOption contained concordance_correlation constant cosine cosine_decay cosine_decay_restarts
syntax keyword cnnspecOption contained cosine_similarity crd csv_logger ctc cut_mix dcr dice early_stopping edge
syntax keyword cnnspecOption contained exponential_decay f1 f1_score false_negatives false_positives fbeta_score ftrl gaussian
syntax keyword cnnspecOption contained glorot_normal glorot_uniform he_normal he_uniform hinge huber inverse_time_decay iou
syntax keyword cnnspecOption contained kl_divergence kld l1 l1_l2 l2 lamb lanczos3 lanczos5 learning_rate_scheduler lecun_normal
syntax keyword cnnspecOption contained lecun_uniform lion log_cosh log_cosh_error logcosh loss_scale_optimizer mae mape max_norm
syntax keyword cnnspecOption contained mean_absolute_error mean_absolute_percentage_error mean_iou mean_squared_error
syntax keyword cnnspecOption contained mean_squared_logarithmic_error min_max_norm mix_up model_checkpoint mse msle muon nadam
syntax keyword cnnspecOption contained nearest non_neg none one_hot_iou one_hot_mean_iou ones orthogonal orthogonal_regularizer
syntax keyword cnnspecOption contained pearson_correlation piecewise_constant_decay poisson polynomial_decay precision
syntax keyword cnnspecOption contained precision_at_recall progbar_logger r2_score rand_augment random_brightness
syntax keyword cnnspecOption contained random_color_degeneration random_color_jitter random_contrast random_elastic_transform
syntax keyword cnnspecOption contained random_erasing random_flip random_gaussian_blur random_grayscale random_hue random_invert
syntax keyword cnnspecOption contained random_normal random_perspective random_posterization random_rotation random_saturation
syntax keyword cnnspecOption contained random_sharpness random_shear random_translation random_uniform random_zoom recall
syntax keyword cnnspecOption contained recall_at_precision reduce_lr_on_plateau reflect remote_monitor rmse rmsprop
syntax keyword cnnspecOption contained root_mean_squared_error same schedule_free_adamw sensitivity_at_specificity sgd sharpen
syntax keyword cnnspecOption contained sobel_x sobel_y solarization sparse_categorical_accuracy sparse_categorical_crossentropy
syntax keyword cnnspecOption contained sparse_top_k_categorical_accuracy specificity_at_sensitivity squared_hinge
syntax keyword cnnspecOption contained swap_ema_weights symmetric tensorboard terminate_on_nan top_k_categorical_accuracy
syntax keyword cnnspecOption contained true_negatives true_positives truncated_normal tversky unit_norm valid variance_scaling
syntax keyword cnnspecOption contained zeros
syntax keyword cnnspecBudgetName contained containedin=cnnspecBudget activation_memory coverage depth flops inference_memory lossless macs output params
syntax keyword cnnspecBudgetName contained containedin=cnnspecBudget params_bytes peak_memory receptive_field training_memory
syntax keyword cnnspecFunction contained ceil floor len max min round
syntax keyword cnnspecNoLayer contained AdaptiveAvgPool2d BatchNorm1d BatchNorm2d BatchNorm3d Conv1d Conv2d Conv3d ConvTranspose1d
syntax keyword cnnspecNoLayer contained ConvTranspose2d ConvTranspose3d Dropout2d GroupNorm InstanceNorm2d LayerNorm LazyConv2d
syntax keyword cnnspecNoLayer contained Linear Upsample
syntax case ignore
syntax keyword cnnspecLayer contained abs absolute act activation activity_regularization activityregularization
syntax keyword cnnspecLayer contained adaptive_avgpool adaptive_maxpool adaptiveaveragepooling1d adaptiveaveragepooling2d
syntax keyword cnnspecLayer contained adaptiveaveragepooling3d adaptiveavgpool2d adaptivemaxpool2d adaptivemaxpooling1d
syntax keyword cnnspecLayer contained adaptivemaxpooling2d adaptivemaxpooling3d add affine alpha_dropout alphadropout
syntax keyword cnnspecLayer contained approximate_gelu average averagepooling averagepooling1d averagepooling2d averagepooling3d
syntax keyword cnnspecLayer contained avg_pool avgpool avgpool1d avgpool2d avgpool3d batch_norm batchnorm batchnorm2d
syntax keyword cnnspecLayer contained batchnormalization bn cat celu channel_shuffle channels channelshuffle concat concatenate
syntax keyword cnnspecLayer contained conv conv1d conv1dtranspose conv2d conv2dtranspose conv3d conv3dtranspose conv_transpose
syntax keyword cnnspecLayer contained convolution convolution1d convolution2d convolution2dtranspose convolution3d convtranspose
syntax keyword cnnspecLayer contained convtranspose1d convtranspose2d convtranspose3d crop cropping cropping1d cropping2d
syntax keyword cnnspecLayer contained cropping3d deconv dense depth_to_space depthtospace depthwise_conv depthwiseconv
syntax keyword cnnspecLayer contained depthwiseconv1d depthwiseconv2d div divide do dot drop_path dropout droppath dwconv elu
syntax keyword cnnspecLayer contained embedding exponential fc flatten fully_connected fullyconnected gap gaussian_dropout
syntax keyword cnnspecLayer contained gaussian_noise gaussiandropout gaussiannoise gelu gelu_tanh gelutanh global_avgpool
syntax keyword cnnspecLayer contained global_maxpool globalaveragepooling globalaveragepooling1d globalaveragepooling2d
syntax keyword cnnspecLayer contained globalaveragepooling3d globalavgpool1d globalavgpool2d globalavgpool3d globalmaxpool1d
syntax keyword cnnspecLayer contained globalmaxpool2d globalmaxpool3d globalmaxpooling globalmaxpooling1d globalmaxpooling2d
syntax keyword cnnspecLayer contained globalmaxpooling3d glu gmp gn group_norm groupnorm groupnormalization hard_shrink
syntax keyword cnnspecLayer contained hard_sigmoid hard_silu hard_swish hard_tanh hardshrink hardsigmoid hardsilu hardtanh
syntax keyword cnnspecLayer contained identity instance_norm instancenorm l2_norm l2_normalize layer_norm layer_scale layernorm
syntax keyword cnnspecLayer contained layernormalization layerscale leaky_relu leakyrelu linear linear_layer ln
syntax keyword cnnspecLayer contained local_response_norm localresponsenorm log_sigmoid log_softmax logsigmoid logsoftmax lrn
syntax keyword cnnspecLayer contained matmul max_pool maximum maxpool maxpool1d maxpool2d maxpool3d maxpooling maxpooling1d
syntax keyword cnnspecLayer contained maxpooling2d maxpooling3d minimum mish mul multiply normalization normalize opaque pad
syntax keyword cnnspecLayer contained permute pixel_shuffle pixel_unshuffle pixelshuffle pixelunshuffle pool pow power prelu
syntax keyword cnnspecLayer contained reciprocal reduce_l2 reduce_max reduce_mean reduce_sum reducel2 reducemax reducemean
syntax keyword cnnspecLayer contained reducesum relu relu6 repeat repeatvector rescale rescaling reshape resize resizing
syntax keyword cnnspecLayer contained rms_norm rmsnorm rmsnormalization selu separable_conv separableconv separableconv1d
syntax keyword cnnspecLayer contained separableconv2d separableconvolution2d shuffle sigmoid silu slice soft_shrink softmax
syntax keyword cnnspecLayer contained softplus softshrink softsign space_to_depth spacetodepth sparse_plus sparse_sigmoid
syntax keyword cnnspecLayer contained sparsemax sparseplus sparsesigmoid spatial_dropout spatialdropout spatialdropout1d
syntax keyword cnnspecLayer contained spatialdropout2d spatialdropout3d sqrt square squareplus stack stochastic_depth
syntax keyword cnnspecLayer contained stochasticdepth sub subtract swish tanh tanh_shrink tanhshrink tconv transpose
syntax keyword cnnspecLayer contained unit_normalization unitnormalization upsample upsampling upsampling1d upsampling2d
syntax keyword cnnspecLayer contained upsampling3d zero_pad zeropadding zeropadding1d zeropadding2d zeropadding3d
syntax keyword cnnspecLayerAlone contained abs absolute activity_regularization activityregularization add affine approximate_gelu
syntax keyword cnnspecLayerAlone contained average averagepooling averagepooling1d averagepooling2d averagepooling3d avg_pool avgpool
syntax keyword cnnspecLayerAlone contained avgpool1d avgpool2d avgpool3d batch_norm batchnorm batchnorm2d batchnormalization bn cat
syntax keyword cnnspecLayerAlone contained celu concat concatenate crop cropping cropping1d cropping2d cropping3d depth_to_space
syntax keyword cnnspecLayerAlone contained depthtospace div divide elu exponential flatten gap gelu gelu_tanh gelutanh global_avgpool
syntax keyword cnnspecLayerAlone contained global_maxpool globalaveragepooling globalaveragepooling1d globalaveragepooling2d
syntax keyword cnnspecLayerAlone contained globalaveragepooling3d globalavgpool1d globalavgpool2d globalavgpool3d globalmaxpool1d
syntax keyword cnnspecLayerAlone contained globalmaxpool2d globalmaxpool3d globalmaxpooling globalmaxpooling1d globalmaxpooling2d
syntax keyword cnnspecLayerAlone contained globalmaxpooling3d glu gmp gn group_norm groupnorm groupnormalization hard_shrink
syntax keyword cnnspecLayerAlone contained hard_sigmoid hard_silu hard_swish hard_tanh hardshrink hardsigmoid hardsilu hardtanh
syntax keyword cnnspecLayerAlone contained identity instance_norm instancenorm l2_normalize layer_norm layer_scale layernorm
syntax keyword cnnspecLayerAlone contained layernormalization layerscale leaky_relu leakyrelu linear ln local_response_norm
syntax keyword cnnspecLayerAlone contained localresponsenorm log_sigmoid log_softmax logsigmoid logsoftmax lrn matmul max_pool
syntax keyword cnnspecLayerAlone contained maximum maxpool maxpool1d maxpool2d maxpool3d maxpooling maxpooling1d maxpooling2d
syntax keyword cnnspecLayerAlone contained maxpooling3d minimum mish mul multiply normalization normalize pad pixel_shuffle
syntax keyword cnnspecLayerAlone contained pixel_unshuffle pixelshuffle pixelunshuffle pool prelu reciprocal relu relu6 rms_norm
syntax keyword cnnspecLayerAlone contained rmsnorm rmsnormalization selu sigmoid silu soft_shrink softmax softplus softshrink
syntax keyword cnnspecLayerAlone contained softsign space_to_depth spacetodepth sparse_plus sparse_sigmoid sparsemax sparseplus
syntax keyword cnnspecLayerAlone contained sparsesigmoid sqrt square squareplus stack sub subtract swish tanh tanh_shrink tanhshrink
syntax keyword cnnspecLayerAlone contained unit_normalization unitnormalization upsample upsampling upsampling1d upsampling2d
syntax keyword cnnspecLayerAlone contained upsampling3d zero_pad zeropadding zeropadding1d zeropadding2d zeropadding3d
syntax case match
" ---- end ----

" ---- numbers and signs ----
syntax match cnnspecPunctuation /[()\[\]{},;.]/
syntax match cnnspecOperator /[-+*/%^=<>!−–＊∗⋅·×≤≥≠]\+\|\.\./
syntax match cnnspecArrow /--\?>\|==\?>\|[→⇒⟶⟹➔➜]\|[−–—]>/
syntax match cnnspecNumber /\v\?%([A-Za-z_][A-Za-z0-9_]*|\d+[A-Za-z0-9_.]@!|%([A-Za-z0-9_]|\.\d)@!)/
syntax match cnnspecNumber /\v%(\d+%(\.%(\d+|\.@!))?|\.\d+)%([eE][+-]?\d+)?%([kKMGT]i?B?|B)?[A-Za-z0-9_]@!/
syntax match cnnspecNumber /\v%(\d+|\?)%([ \t]*[xX×][ \t]*%(\d+|\?))+[A-Za-z0-9_]@!|%(\d+|\?)%(x%(\d+|\?|[A-Z][A-Z0-9_]*))+[A-Za-z0-9_]@!/
syntax match cnnspecNumber /\v<[A-Z][A-Z0-9_]*%(x%(\d+|[A-Z][A-Z0-9_]*))*x\?%(x%(\d+|\?|[A-Z][A-Z0-9_]*))+[A-Za-z0-9_]@!/
syntax match cnnspecNumber /\v\?[ \t]*%(\d+%(\.%(\d+|\.@!))?|\.\d+)%([eE][+-]?\d+)?%([kKMGT]i?B?|B)?[ \t]*\.\.[ \t]*%(\d+%(\.%(\d+|\.@!))?|\.\d+)%([eE][+-]?\d+)?%([kKMGT]i?B?|B)?%([ \t]*:[ \t]*\*?[ \t]*%(\d+%(\.%(\d+|\.@!))?|\.\d+)%([eE][+-]?\d+)?%([kKMGT]i?B?|B)?)?[A-Za-z0-9_]@!/

" ---- names, by the form that they stand in ----
syntax cluster cnnspecWords contains=cnnspecStatement,cnnspecControl,cnnspecWordOperator,cnnspecCurrent,cnnspecConstant
syntax match cnnspecName /\<\h\w*\>/ contains=@cnnspecWords,cnnspecLayerAlone
syntax match cnnspecProperty /\%(\.\.\)\@<!\.\@<=\h\w*\>/
syntax match cnnspecCall /\<\h\w*\>\ze\s*(/ contains=@cnnspecWords,cnnspecLayer,cnnspecFunction,cnnspecNoLayer
syntax match cnnspecPastedInput /\v<%(tf\.)?%(keras\.)?%(layers\.)?Input%(Layer)?\ze\s*\(/
syntax match cnnspecArgument /\v<\h\w*>\ze\s*%(\=[=>]@!|:)/ contains=@cnnspecWords nextgroup=cnnspecAssigned,cnnspecColon skipwhite
syntax match cnnspecAssigned /=/ contained nextgroup=cnnspecValue skipwhite
syntax match cnnspecColon /:/ nextgroup=cnnspecValue skipwhite
syntax match cnnspecValue /\v<\h\w*>%(\s*[(.=])@!/ contained contains=@cnnspecWords,cnnspecLayerAlone,cnnspecOption
syntax match cnnspecDefinition /\v<%(block|shared)\s+\h\w*/ contains=cnnspecStatement
syntax match cnnspecModel /\v<model\s+\h\w*/ contains=cnnspecStatement
syntax match cnnspecLoop /\v<for>[^{}()\[\]#]{-}<in>/ contains=cnnspecControl,cnnspecLoopIn,cnnspecPunctuation
syntax keyword cnnspecLoopIn contained in
syntax region cnnspecUse matchgroup=cnnspecStatement start=/\<use\>\ze\s*["']/ matchgroup=cnnspecPunctuation end=/)/ end=/\ze[{}]/ contains=cnnspecString,cnnspecComment,cnnspecUsed,cnnspecPunctuation
syntax match cnnspecUsed /\<\h\w*\>/ contained
syntax region cnnspecBudget matchgroup=cnnspecStatement start=/\v<expect>%(\s*\()@!/ matchgroup=NONE end=/$/ end=/\ze[;}#]/ contains=TOP,cnnspecUse,cnnspecDefinition,cnnspecModel

" ---- texts and comments ----
syntax match cnnspecString /"[^"]*"\?\|'[^']*'\?\|[“”„][^“”"]*[“”]\|[‘’‚][^‘’']*[‘’]/
syntax match cnnspecComment /#.*/ contains=cnnspecDirective,cnnspecTodo,@Spell
syntax match cnnspecDirective /\v#[#! \t]*\zscnnspec:\s*%(file-)?ignore\s*\[[^\]]*\]/ contained
syntax keyword cnnspecTodo contained TODO FIXME XXX

highlight default link cnnspecStatement Statement
highlight default link cnnspecControl Conditional
highlight default link cnnspecLoopIn Conditional
highlight default link cnnspecWordOperator Operator
highlight default link cnnspecCurrent Special
highlight default link cnnspecConstant Boolean
highlight default link cnnspecOperator Operator
highlight default link cnnspecAssigned Operator
highlight default link cnnspecArrow Operator
highlight default link cnnspecPunctuation Delimiter
highlight default link cnnspecColon Delimiter
highlight default link cnnspecNumber Number
highlight default link cnnspecString String
highlight default link cnnspecComment Comment
highlight default link cnnspecDirective SpecialComment
highlight default link cnnspecTodo Todo
highlight default link cnnspecLayer Function
highlight default link cnnspecFunction Function
highlight default link cnnspecLayerAlone Function
highlight default link cnnspecPastedInput Function
highlight default link cnnspecDefinition Type
highlight default link cnnspecModel Type
highlight default link cnnspecUsed Type
highlight default link cnnspecArgument Identifier
highlight default link cnnspecOption Constant
highlight default link cnnspecBudgetName Identifier
highlight default link cnnspecProperty Identifier

let b:current_syntax = 'cnnspec'
