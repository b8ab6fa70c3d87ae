"""The share of a process in every batch, and the examples of an epoch, when several devices train together.

All devices take the same number of examples of every batch, so the mean over the batch is the mean of their means and the
training is that of one device. The few examples that cannot be shared alike are left out of the epoch, others every
time; none is left out of an evaluation.
"""

from __future__ import annotations

from cnnspec.base.record import Record


class Share(Record):
    """The part that process number `process` has in a training on `devices` devices of `processes` processes."""

    devices: int = 1
    processes: int = 1
    process: int = 0

    def count_used(self, count: int) -> int:
        """The number of examples, of `count`, that an epoch takes: the greatest multiple of the devices."""
        return count - count % self.devices

    def rows(self, count: int) -> slice:
        """The examples, of the `count` of a batch, that this process reads."""
        each = count // self.processes
        return slice(self.process * each, (self.process + 1) * each) if self.processes > 1 else slice(0, count)

    def for_evaluation(self, count: int, batch: int) -> tuple[int, Share]:
        """The size of the batches in which `count` examples are evaluated, and how these are shared.

        Where they cannot be shared alike, every device evaluates all of every batch: a batch whose size the devices do
        not divide says so to JAX (see `distribution`), which asks for the shape of an epoch's first batch alone.
        """
        if self.devices == 1 or count % self.devices == 0:
            return batch, self
        return batch - 1, ALONE


ALONE = Share()
