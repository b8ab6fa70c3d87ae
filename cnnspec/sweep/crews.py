"""Which crew computes a sweep."""

from __future__ import annotations

from cnnspec.compile.backend import MissingExtra

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.sweep.crew import Crew


def choose_crew(jobs: int, dask: Any = None) -> Crew | None:
    """So many processes, or the workers of a Dask scheduler; None for this process alone. ValueError for a number that is none, or both.
    MissingExtra without Dask's distributed, SweepBroken where its scheduler does not answer."""
    if not isinstance(jobs, int) or isinstance(jobs, bool) or jobs < 1:
        raise ValueError(f"jobs is a number of processes, from 1, not {jobs!r}")
    if dask is None:
        if jobs == 1:
            return None
        from cnnspec.sweep.processes import Processes

        return Processes(jobs)
    if jobs > 1:
        raise ValueError("the workers of a Dask scheduler are as many as there are: leave jobs out")
    try:
        from cnnspec.sweep.cluster import Cluster

        return Cluster(dask)
    except ImportError:
        raise MissingExtra("Dask's distributed is not installed; its workers need it", "dask") from None
