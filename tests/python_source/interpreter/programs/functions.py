# ---- defaults and keywords
def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw
r = f(1, c=3), f(1, 5, 6, 7, c=8, e=9), f(*(1, 2), **{"c": 3})
# ---- defaults are evaluated once
n = 1
def f(x=n):
    return x
n = 2
a = f()
# ---- recursion
def fact(n):
    return 1 if n <= 1 else n * fact(n - 1)
def depth(t):
    return 0 if not isinstance(t, list) else 1 + max([depth(x) for x in t], default=0)
a = fact(10), depth([1, [2, [3]]])
def even(n):
    return n == 0 or odd(n - 1)
def odd(n):
    return n != 0 and even(n - 1)
b = even(10), odd(7)
# ---- functions as values
def twice(f):
    return lambda x: f(f(x))
def add(n):
    def inner(x):
        return x + n
    return inner
a = twice(add(3))(1)
table = {"inc": add(1), "dec": add(-1)}
b = table["inc"](5), [f(0) for f in table.values()]
c = twice.__name__, callable(add), callable(3)
# ---- a counter in a closure
def make():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc
c, d = make(), make()
a = c(), c(5), d()
# ---- function attributes
def f():
    f.calls += 1
    return f.calls
f.calls = 0
a = f(), f()
# ---- decorators
def twice(fn):
    def inner(*a, **k):
        return fn(*a, **k) * 2
    return inner
def scale(n):
    def deco(fn):
        return lambda *a: fn(*a) * n
    return deco
@twice
@scale(3)
def f(x):
    return x
a = f(1)
registry = {}
def register(name):
    def deco(fn):
        registry[name] = fn
        return fn
    return deco
@register("one")
def one(x):
    return x + 1
b = registry["one"](1), one(2)
# ---- generators
def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
def both(n):
    yield from count(n)
    yield "end"
a = list(count(3)), list(both(2)), sum(count(4)), [x * 2 for x in count(2)], max(count(3)), dict(zip("ab", count(2)))
def forever():
    n = 0
    while True:
        yield n
        n += 1
b = next(forever())
g = count(2)
c = list(g)
# ---- generator expressions
g = (x * x for x in range(4))
a = list(g), list(g)
b = ",".join(str(x) for x in range(3)), tuple(x for x in "ab"), set(x % 2 for x in range(4))
# ---- locals and globals
def f(a, b=2):
    c = 3
    return sorted(locals())
r = f(1)
x = 5
a = globals()["x"]
globals()["made"] = 7
b = made
# ---- unpacking of results
def f():
    return 1, (2, 3)
a, (b, c) = f()
def g(*, x, y):
    return x - y
d = g(**dict(x=5, y=3))
# ---- shadowing
def list_of(len):
    return [len]
a = list_of(3)
max = lambda x: "mine"
b = max([1])
del max
c = max([1])
# ---- docstrings and pass
def f():
    """A docstring."""
a = f()
# ---- early returns
def sign(x):
    if x > 0:
        return 1
    if x < 0:
        return -1
    return 0
a = [sign(x) for x in (3, -3, 0)]
# ---- mutable arguments
def add(item, to=None):
    to = to or []
    to.append(item)
    return to
a = add(1), add(2), add(3, [0])
l = [1]
def change(x):
    x.append(2)
    x = [9]
    return x
b = change(l), l
# ---- star arguments in the middle
def f(a, *b, c=1):
    return a, b, c
r = f(1), f(1, 2), f(*range(3), c=2)
# ---- print gives nothing
a = print("x")
# ---- nested functions and loops
def make_fns():
    out = []
    for i in range(3):
        def fn(x, i=i):
            return x * i
        out.append(fn)
    return out
a = [f(2) for f in make_fns()]
# ---- argparse
import argparse
p = argparse.ArgumentParser(description="x")
p.add_argument("--lr", type=float, default="0.1")
p.add_argument("--batch-size", "-b", type=int, default=32)
p.add_argument("-v", action="store_true")
p.add_argument("--no-aug", dest="aug", action="store_false")
g = p.add_argument_group("more")
g.add_argument("--name", default="net")
g.add_argument("--none")
g.add_argument("--sizes", nargs="+", type=int, default=[1, 2])
p.set_defaults(extra=5)
args = p.parse_args([])
a = args.lr, args.batch_size, args.v, args.aug, args.name, args.none, args.sizes, args.extra
b = vars(args)["lr"]
args.lr = 3
c = args.lr
# ---- settings under names
from types import SimpleNamespace
s = SimpleNamespace(a=1, b=[2])
s.c = 3
a = s.a, s.b, s.c, vars(s)["a"], hasattr(s, "zz"), getattr(s, "q", 9)
# ---- results that are kept
from functools import cache, lru_cache
calls = []
@cache
def one(n, k=3):
    calls.append(n)
    return [n, k]
@lru_cache
def two(*sizes, **options):
    return [sizes, options]
@lru_cache(maxsize=1)
def three(n):
    calls.append(n)
    return [n]
class A:
    @lru_cache(maxsize=None)
    def make(self, n):
        return [n]
    @property
    @cache
    def part(self):
        return [1]
a = one(1) is one(1), one(1) is one(2), one(1, 3) == one(1), len(calls)
b = two((1, 2), s=1) is two((1, 2), s=1), two(1) is two(1.5)
c = three(1), three(1), three(2), three(1), list(calls)
one.cache_clear()
d = one(1), len(calls)
e, f = A(), A()
g = e.make(1) is e.make(1), e.make(1) is f.make(1), e.part is e.part, e.part is f.part
for turn in range(3):
    one(turn)
h = len(calls)
