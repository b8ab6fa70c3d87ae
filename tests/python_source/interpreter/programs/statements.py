# ---- assignments
a = b = [1]
b.append(2)
c, d = 1, 2
c, d = d, c
(e, [f, g]), h = (1, (2, 3)), 4
first, *middle, last = range(6)
*init, end = "abc"
i: int = 5
j: int
k = l = 0
k += 2
# ---- augmented
a = [1]
b = a
a += (2, 3)
c = {1}
d = c
c |= {2}
e = (1,)
f = e
e += (2,)
g = 7
g -= 2
g *= 3
g //= 4
g **= 2
g %= 5
g <<= 3
g |= 1
g ^= 2
g >>= 1
x = {"a": [1]}
x["a"] += [2]
y = {"n": 1}
y["n"] += 1
y |= {"m": 2}
# ---- if and while
a = 0
n = 0
while a < 10:
    a += 3
    if a == 6:
        continue
    n += a
else:
    n += 100
while True:
    n -= 1
    if n < 90:
        break
else:
    n = -1
b = "big" if n > 50 else "small"
if a > 100:
    c = 1
elif a > 5:
    c = 2
else:
    c = 3
# ---- for
found = []
for i in range(5):
    for j in range(i):
        if j == 2:
            break
        found.append((i, j))
    else:
        found.append(i)
for k, v in {"a": 1, "b": 2}.items():
    found.append(k * v)
for n in []:
    pass
else:
    found.append("else")
# ---- a list that grows while it is looped over
a = [1]
for x in a:
    if x < 5:
        a.append(x + 1)
# ---- delete
a = [1, 2, 3, 4]
del a[0], a[-1]
d = {"x": 1, "y": 2}
del d["x"]
b = 5
del b
e = [0, 1, 2, 3, 4]
del e[1:3]
# ---- try, else, finally
log = []
def f(x):
    try:
        log.append("try")
        if x == 0:
            raise ValueError("zero")
        if x == 1:
            return "returned"
        y = {}["k"] if x == 2 else 1
    except ValueError as error:
        log.append("value")
        return "caught"
    except (KeyError, IndexError):
        log.append("key")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return "end"
r = [f(0), f(1), f(2), f(3)]
# ---- exceptions of the source
class Base(Exception):
    pass
class Mine(Base):
    def __init__(self, code):
        self.code = code
def f(e):
    try:
        raise e
    except Mine as m:
        return m.code
    except Base:
        return "base"
    except Exception:
        return "other"
a = f(Mine(3))
b = f(Base())
c = f(KeyError("x"))
# ---- raise again
def f():
    try:
        try:
            [][1]
        except IndexError:
            raise
    except LookupError:
        return "lookup"
a = f()
try:
    try:
        1 / 0
    finally:
        b = "finally"
except ArithmeticError:
    c = "arithmetic"
try:
    int("x")
except (TypeError, ValueError):
    d = "no number"
try:
    [1, 2].index(3)
except ValueError:
    e = "not there"
try:
    (1).foo + "abc".foo
except AttributeError:
    g = 1
except:
    g = 2
# ---- a bare handler
def f():
    try:
        raise SystemExit
    except:
        return 1
a = f()
try:
    undefined_name
except NameError:
    b = 1
try:
    def g(x): return x
    g()
except TypeError:
    c = 2
# ---- with
class C:
    def __enter__(self):
        return 5
    def __exit__(self, *args):
        return False
with C() as a, C() as b:
    c = a + b
# ---- a context manager that yields
from contextlib import contextmanager
@contextmanager
def f(n):
    yield n + 1
with f(3) as a:
    b = a * 2
# ---- global and nonlocal
n = 1
def f():
    global n, m
    n += 1
    m = 7
    x = 1
    def g():
        nonlocal x
        x += 1
        return x
    return g() + g()
a = f()
# ---- closures see what is bound later
fs = [lambda: i for i in range(3)]
a = [f() for f in fs]
gs = []
for j in range(3):
    gs.append(lambda j=j: j)
b = [g() for g in gs]
def outer():
    def inner():
        return late
    late = 5
    return inner()
c = outer()
def h():
    return k
k = 1
k = 2
d = h()
# ---- a module's name that is bound later
def f():
    return g() + N
def g():
    return 2
N = 3
a = f()
# ---- assert and pass
assert True
pass
a = 1
# ---- match
def f(x):
    match x:
        case 0:
            return "zero"
        case 1 | 2:
            return "few"
        case str(s):
            return s * 2
        case [a, b]:
            return a + b
        case [a, *rest]:
            return rest
        case {"k": v, **others}:
            return v, others
        case n if isinstance(n, int) and n > 100:
            return "large"
        case None:
            return "none"
        case _:
            return "other"
r = [f(v) for v in (0, 2, "ab", [1, 2], (1, 2, 3), {"k": 1, "z": 2}, 500, None, 5.5)]
# ---- match classes
class P:
    def __init__(self, x, y):
        self.x, self.y = x, y
def f(p):
    match p:
        case P(x=0, y=y):
            return y
        case P(x=x):
            return x * 10
a = f(P(0, 3)), f(P(4, 1)), f(1)
# ---- async
import asyncio
async def f(x):
    return x
async def g():
    async with f(1) as h:
        pass
a = 1
# ---- a walrus
a = [y := 3, y + 1]
if (n := len(a)) > 1:
    b = n
c = [last := x for x in range(4)]
d = last
# ---- annotations and type comments
from typing import List, Optional
def f(a: List[int], b: Optional[int] = None) -> int:
    x: int = len(a)
    return x
r = f([1, 2])
# ---- loops that end early by return
def f(xs):
    for i, x in enumerate(xs):
        while True:
            if x < 0:
                return i
            break
    return None
a, b = f([1, -1, 2]), f([1])
# ---- nothing after a return
def f():
    return 1
    raise ValueError
a = f()
def g():
    pass
b = g()
