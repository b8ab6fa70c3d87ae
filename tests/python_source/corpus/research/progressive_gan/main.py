import logging
import tensorflow as tf
from nets import LATENT, WIDTHS, critic, generator

logging.basicConfig(level=logging.INFO)
flags = dict(start=4, stop=16, d_steps=1, gp=10.0)


class WGAN(tf.keras.Model):
    def __init__(self, g, d, **kw):
        super(WGAN, self).__init__(**kw)
        self.g = g
        self.d = d

    def call(self, z, training=False):
        return self.d(self.g(z, training=training), training=training)

    @tf.function
    def train_step(self, real):
        n = tf.shape(real)[0]
        z = tf.random.normal((n, LATENT))
        with tf.GradientTape(persistent=True) as t:
            fake = self.g(z, training=True)
            loss_d = tf.reduce_mean(self.d(fake)) - tf.reduce_mean(self.d(real))
            loss_g = -tf.reduce_mean(self.d(fake))
        return {'d': loss_d, 'g': loss_g}


res = flags['start']
while res <= flags['stop']:
    for fade in ([False] if res == 4 else [True, False]):
        g, d = generator(res, fade), critic(res)
        gan = WGAN(g, d, name='gan%d' % res)
        gan.compile(optimizer=tf.keras.optimizers.Adam(1e-3, beta_1=0., beta_2=.99))
        out = gan(tf.random.normal((2, LATENT)))
        logging.info('%s %d %d', gan.name, g.count_params(), d.count_params())
    res *= 2
