"""Searchers on the candidates of a spec: Optuna, KerasTuner and Ray Tune propose, and what they propose is judged before it is built.

space.py                 what a searcher draws from: candidates, whether they are legal and affordable, and why not
optuna.py                suggestions, with constraints instead of pruning; studies in a file that several machines share
keras_tuner.py, ray.py   the same for these libraries, which know no constraints: they are given legal, affordable candidates alone
asked < training < search what `cnnspec search` does, trial after trial; trials.py, answer.py: what it found

A library is imported by the module of its name alone.
"""
