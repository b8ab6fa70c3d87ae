# ---- lists
a = [3, 1, 2]
a.append(4)
a.extend([5, 6])
a.insert(0, 9)
b = a.pop(), a.pop(0)
a.remove(1)
a.sort()
c = a.index(4), a.count(2), a.copy()
a.reverse()
d = a[:]
a.clear()
e = [1, 2] * 2 + [3]
f = [[0] * 2] * 2
f[0][0] = 1
g = [[0] * 2 for _ in range(2)]
g[0][0] = 1
# ---- sorting
a = [("x", 2), ("a", 1), ("m", 2)]
a.sort(key=lambda p: (-p[1], p[0]))
b = sorted(a, key=lambda p: p[1], reverse=True)
c = sorted("banana"), sorted([True, False]), max(a, key=lambda p: p[0])
# ---- aliases
a = [1]
b = a
c = list(a)
b.append(2)
d = {"l": a}
d["l"].append(3)
def f(x, acc=[]):
    acc.append(x)
    return acc
e = f(1)
g = f(2)
h = e is g
# ---- dicts
d = {"a": 1}
d["b"] = 2
d.update({"c": 3}, e=5)
d.update([("f", 6)])
a = d.get("a"), d.get("z"), d.get("z", 0), d.pop("b"), d.pop("q", None), d.setdefault("g", 7), d.setdefault("a", 9)
b = list(d), list(d.keys()), list(d.values()), list(d.items()), len(d), "a" in d, "zz" not in d
c = {**d, "a": 0}, d | {"a": 10}, dict(d), d.copy() == d
e = {k: v for k, v in sorted(d.items(), key=lambda kv: -kv[1])}
f = d.popitem()
g = dict.fromkeys("ab", 0), dict.fromkeys([1])
n = {}
for w in "abca":
    n[w] = n.get(w, 0) + 1
k = d.keys() & {"a", "zz"}
d.clear()
# ---- sets
s = {1, 2}
s.add(3)
s.add(3)
s.discard(9)
s.remove(1)
a = s | {7}, s & {2}, s - {2}, s ^ {2, 8}, s <= {2, 3, 4}, s.union([5], (6,)), s.isdisjoint({9}), 2 in s, len(s)
b = s.issubset({2, 3}), s.intersection([2]), s.difference([2]), s == {2, 3}, sorted({3, 1, 2}), frozenset([1]) | {2}
s.update([10, 11])
c = list({5}), sum({1, 2, 3}), max({4, 2})
# ---- the order of a set of texts
a = {"x", "y"}
b = list(a)
c = sorted(a)
d = len(a)
e = f"{a}"
# unknown: b, e
# ---- tuples
t = (1, 2, 2)
a = t.count(2), t.index(2), t + (3,), t * 2, t[1:], len(t), 2 in t, t < (1, 3)
b, *c = t
# ---- ranges
r = range(1, 10, 3)
a = list(r), len(r), r[1], r.start, r.stop, r.step, 4 in r, r == range(1, 12, 3), list(range(5, 0, -2)), r[::-1]
# ---- nested
cfg = {"layers": [{"n": 8, "k": (3, 3)}, {"n": 16}], "name": "net"}
a = [l.get("k", (1, 1)) for l in cfg["layers"]]
b = sum(l["n"] for l in cfg["layers"])
cfg["layers"][0]["n"] *= 2
for l in cfg["layers"]:
    l["done"] = True
# ---- collections
from collections import Counter, OrderedDict, defaultdict, namedtuple
d = defaultdict(list)
d["a"].append(1)
d["a"].append(2)
a = dict(d), "b" in d
c = Counter("abca")
b = c["a"], c["zz"], sorted(c.items()), c.most_common(1), sum(c.values())
o = list(OrderedDict([("x", 1), ("y", 2)]).items())
e = defaultdict(lambda: 7)["q"], defaultdict(int)["z"]
P = namedtuple("P", "x y")
p = P(1, y=2)
f = p.x, p[1], list(p), len(p), p == (1, 2), p._replace(x=5).x, p._asdict()
x, y = p
Q = namedtuple("Q", ["a", "b"], defaults=[3])
g = Q(1).b
# ---- itertools
import itertools as it
from itertools import chain, product
a = list(product([1, 2], "ab")), list(product(range(2), repeat=2)), list(chain([1], (2,), "c")), list(chain.from_iterable([[1], [2]]))
b = list(it.repeat(1, 3)), list(zip(it.count(1), "ab")), list(zip("abc", it.cycle([0, 1]))), list(it.islice(it.count(5), 3))
c = list(it.combinations([1, 2, 3], 2)), list(it.permutations([1, 2])), list(it.accumulate([1, 2, 3])), list(it.zip_longest([1], [2, 3], fillvalue=0))
d = list(it.pairwise([1, 2, 3])), list(it.starmap(lambda a, b: a * b, [(1, 2), (3, 4)])), list(it.islice([1, 2, 3, 4], 1, 3))
# ---- functools
from functools import partial, reduce, lru_cache, wraps
import functools, operator
f = partial(pow, 2)
a = f(3), reduce(lambda x, y: x * y, [1, 2, 3, 4]), reduce(operator.add, [[1], [2]], []), partial(lambda a, b=0, **k: (a, b, k), b=5, c=1)(2)
@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
b = fib(12)
@functools.lru_cache
def g(x):
    return x + 1
c = g(1), partial(f, 4)(), operator.itemgetter(1)([5, 6]), operator.mul(3, 4)
def deco(fn):
    @wraps(fn)
    def inner(*args, **kwargs):
        return fn(*args, **kwargs) + 1
    return inner
@deco
def h(x):
    return x * 10
d = h(2)
# ---- math
import math
from math import ceil, floor, log2, pi, prod, sqrt
a = ceil(2.1), floor(-2.1), sqrt(16), log2(8), prod([2, 3]), math.gcd(12, 8), math.factorial(5), math.comb(5, 2), round(pi, 3)
b = math.log(8, 2), math.isclose(0.1 + 0.2, 0.3), math.inf > 1, math.pow(2, 3), math.isqrt(17), math.hypot(3, 4), math.exp(0)
# ---- copies
import copy
a = [[1], {"k": [2]}]
b = copy.copy(a)
c = copy.deepcopy(a)
a[0].append(9)
a[1]["k"].append(8)
# ---- json
import json
a = json.loads('{"a": [1, 2.5, null, true], "b": "x"}'), json.dumps([1, None])
# ---- paths
import os
from os import path
a = os.path.join("a", "b.txt"), os.path.basename("a/b.txt"), os.path.splitext("m.h5"), path.dirname("a/b"), os.sep
# ---- many assignments to one dict
d = {}
for i in range(3):
    d.setdefault(i % 2, []).append(i)
e = {k: len(v) for k, v in d.items()}
# ---- lists as stacks and queues
s = []
s.append(1); s.append(2)
a = s.pop(), len(s), s[-1]
q = [1, 2, 3]
b = q.pop(0), q
# ---- comparison of containers that hold functions
def f(): pass
a = [f] == [f], f in [f], {"k": f} == {"k": f}, (f, 1) == (f, 2), [f, 1].index(1)
# ---- modules by their names
import importlib, string, sys
a = importlib.import_module("math").ceil(1.5), string.ascii_lowercase[2], string.digits
N = 5
b = N
