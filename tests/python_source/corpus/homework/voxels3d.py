import numpy as np, keras
from keras import layers as L

# EX 3: 3D conv on voxel grids (ModelNet10), 32^3
V = 32
N_CLASSES = 10
x_train = np.random.rand(64, V, V, V, 1) > 0.5
y_train = np.random.randint(0, N_CLASSES, size=64)

def voxnet():
    i = L.Input((V, V, V, 1))
    o = L.Conv3D(32, 5, strides=2, activation='leaky_relu')(i)
    o = L.Conv3D(32, 3, activation='leaky_relu')(o)
    o = L.MaxPooling3D(2)(o)
    o = L.Flatten()(o)
    o = L.Dense(128, activation='relu')(o)
    o = L.Dropout(.4)(o)
    o = L.Dense(N_CLASSES, activation='softmax')(o)
    return keras.models.Model(inputs=[i], outputs=[o])

def voxnet_gap(width=16, deep=3):
    i = L.Input((V,) * 3 + (1,))
    o = i
    for d in range(deep):
        o = L.Conv3D(width << d, kernel_size=(3, 3, 3), padding='same', kernel_initializer='he_normal')(o)
        o = L.BatchNormalization()(o)
        o = L.ReLU()(o)
        o = L.AveragePooling3D(pool_size=2)(o)
    o = L.GlobalAveragePooling3D()(o)
    return keras.models.Model(i, L.Dense(N_CLASSES, 'softmax')(o))

a, b = voxnet(), voxnet_gap()
for m in (a, b):
    m.summary()
    m.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    m.fit(x_train, y_train, batch_size=16, epochs=1)
assert a.count_params() > b.count_params(), 'Q: why?'
