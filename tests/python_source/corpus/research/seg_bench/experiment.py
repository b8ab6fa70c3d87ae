import logging
from nets import fcn8, segnet, unet

log = logging.getLogger('seg')
REGISTRY = dict(fcn=fcn8, segnet=segnet, unet=unet)


class Experiment:
    def __init__(self, name, model, loss):
        self.name, self.model = name, model
        self.model.compile(optimizer='adadelta', loss=loss, metrics=['accuracy'])

    def report(self):
        log.info('%s has %s parameters', self.name, '{:,}'.format(self.model.count_params()))
        return self.model.output_shape
