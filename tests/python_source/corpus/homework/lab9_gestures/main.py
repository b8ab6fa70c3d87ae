import options
import nets
from tensorflow.keras.optimizers import Adam

args = options.parse()
if args.model == 'cnn_lstm':
    model = nets.cnn_lstm(args)
elif args.model == 'conv3d':
    model = nets.conv3d(args)
else:
    model = nets.two_stream(args)
model.compile(loss='categorical_crossentropy', optimizer=Adam(args.lr), metrics=['accuracy'])
model.summary()

print('for the report, all of them:')
for builder in [nets.conv3d, nets.two_stream]:
    other = builder(args)
    print(builder.__name__, other.count_params(), [tuple(t.shape) for t in other.inputs])
