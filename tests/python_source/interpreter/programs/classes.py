# ---- attributes and methods
class A:
    n = 1
    def __init__(self, x):
        self.x = x
    def f(self, y=2):
        return self.x + y + self.n
    def g(self):
        self.z = self.f()
        return self
a = A(1)
b = a.f(), a.f(y=5), A.f(a, 0), a.g().z, A.n, a.n
a.n = 10
c = a.n, A.n, A(0).n
A.n = 7
d = A(0).n
h = a.f
e = h(0)
# ---- inheritance
class A:
    def __init__(self, x=0):
        self.x = x
    def who(self):
        return "A"
    def call(self):
        return self.who()
class B(A):
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y
    def who(self):
        return "B" + super().who()
class C(B):
    pass
b, c = B(1, 2), C(3, 4)
a = b.x, b.y, b.call(), c.call(), isinstance(c, A), isinstance(A(), B), issubclass(C, A), type(c) is C, type(c).__name__
d = super(B, b).who()
# ---- the order of bases
class A:
    def f(self): return ["A"]
class B(A):
    def f(self): return ["B"] + super().f()
class C(A):
    def f(self): return ["C"] + super().f()
class D(B, C):
    def f(self): return ["D"] + super().f()
a = D().f(), [k.__name__ for k in D.mro()[:4]]
# ---- properties
class A:
    def __init__(self):
        self._n = 1
    @property
    def n(self):
        return self._n
    @n.setter
    def n(self, v):
        self._n = v * 2
    @staticmethod
    def s(x):
        return x + 1
    @classmethod
    def make(cls, v):
        o = cls()
        o.n = v
        return o
a = A()
a.n = 5
b = a.n, A.s(1), a.s(2), A.make(3).n, a._n
# ---- special methods
class V:
    def __init__(self, *xs):
        self.xs = list(xs)
    def __len__(self):
        return len(self.xs)
    def __getitem__(self, i):
        return self.xs[i]
    def __setitem__(self, i, v):
        self.xs[i] = v
    def __iter__(self):
        return iter(self.xs)
    def __contains__(self, x):
        return x in self.xs
    def __add__(self, o):
        return V(*[a + b for a, b in zip(self.xs, o.xs)])
    def __mul__(self, n):
        return V(*[a * n for a in self.xs])
    __rmul__ = __mul__
    def __eq__(self, o):
        return self.xs == o.xs
    def __call__(self, n):
        return self.xs[n]
    def __repr__(self):
        return f"V{self.xs}"
    def __neg__(self):
        return V(*[-a for a in self.xs])
    def __bool__(self):
        return bool(self.xs)
    def __lt__(self, o):
        return len(self) < len(o)
v, w = V(1, 2), V(3, 4)
v[0] = 5
a = len(v), v[0], list(v), 5 in v, (v + w).xs, (v * 2).xs, (2 * v).xs, v == V(5, 2), v != w, v(1), str(v), f"{w}", (-v).xs
b = [x for x in w], sum(w), bool(V()), not v, V() < v, v < w, "yes" if V() else "no"
# ---- classes with __getattr__
class A:
    def __init__(self):
        self.__dict__["d"] = {"q": 5}
    def __getattr__(self, name):
        return self.d.get(name, "none")
a = A()
b = a.q, a.zz
# ---- class attributes that are changed
class A:
    items = []
    count = 0
    def __init__(self):
        A.count += 1
        self.items.append(A.count)
A(); A()
a = A.items, A.count
# ---- dict of attributes
class A:
    def __init__(self, **kw):
        self.__dict__.update(kw)
a = A(x=1, y=2)
b = a.x, vars(a), hasattr(a, "x"), hasattr(a, "q"), getattr(a, "y"), getattr(a, "q", 0)
setattr(a, "z", 3)
c = a.z
del a.x
d = hasattr(a, "x")
# ---- dataclasses
from dataclasses import dataclass, field, asdict, replace
@dataclass
class P:
    x: int
    y: int = 2
    tags: list = field(default_factory=list)
    def total(self):
        return self.x + self.y
@dataclass(eq=True)
class Q(P):
    z: float = 0.5
p, q = P(1), Q(1, 3, z=1.5)
p.tags.append("a")
a = p.x, p.y, p.tags, P(1).tags, p.total(), q.z, q.y, asdict(P(5)), replace(p, x=9).x, P(1) == P(1), P(1) == P(2)
@dataclass
class R:
    n: int
    def __post_init__(self):
        self.m = self.n * 2
b = R(4).m
# ---- named tuples
from typing import NamedTuple
class T(NamedTuple):
    a: int
    b: str = "x"
t = T(1)
x, y = t
c = t.a, t[1], len(t), t._replace(b="q").b, list(t), t == (1, "x")
# ---- enums
from enum import Enum, IntEnum, auto
class C(Enum):
    RED = 1
    BLUE = "b"
class N(IntEnum):
    ONE = 1
    TWO = 2
class S(str, Enum):
    A = "a"
class U(Enum):
    X = auto()
    Y = auto()
a = C.RED.value, C.BLUE.name, C.RED is C.RED, C.RED == C.BLUE, [c.name for c in C], len(C), C("b") is C.BLUE, C["RED"].value
b = N.TWO + 1, N.ONE == 1, N.ONE < N.TWO, S.A == "a", U.Y.value, C.RED == 1, isinstance(C.RED, C)
def f(c):
    if c == C.RED:
        return "r"
    return "b"
d = f(C.RED), f(C.BLUE)
# ---- class level code
class A:
    n = 2
    if n > 1:
        m = n * 2
    for i in range(3):
        last = i
    def f(self):
        return self.m
    g = f
a = A().g(), A.last
# ---- nested classes
class A:
    class B:
        x = 1
        def f(self):
            return 2
    def make(self):
        return self.B()
a = A.B.x, A().make().f()
# ---- instances in containers
class A:
    def __init__(self, n):
        self.n = n
xs = [A(i) for i in range(3)]
for x in xs:
    x.n *= 10
a = [x.n for x in xs], xs.index(xs[1]), xs[0] in xs, A(0) in xs, xs[0] == xs[0], xs[0] != xs[1], len({xs[0], xs[0], xs[1]})
d = {xs[0]: "zero"}
b = d[xs[0]]
# ---- abstract classes
from abc import ABC, abstractmethod
class A(ABC):
    @abstractmethod
    def f(self): ...
    def g(self):
        return self.f() + 1
class B(A):
    def f(self):
        return 1
a = B().g()
# ---- calls of methods by their names
class A:
    def on_a(self): return "a"
    def on_b(self): return "b"
    def go(self, name):
        return getattr(self, "on_" + name)()
a = [A().go(n) for n in "ab"]
# ---- generic classes
from typing import Generic, TypeVar
T = TypeVar("T")
class Box(Generic[T]):
    def __init__(self, x: T):
        self.x = x
a = Box(3).x
# ---- iterators of the source
class Count:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        for i in range(self.n):
            yield i
class Items:
    def __len__(self): return 3
    def __getitem__(self, i): return i * 2
a = list(Count(3)), [x for x in Count(2)]
b = len(Items()), Items()[1]
# ---- isinstance of plain values
a = isinstance(1, int), isinstance(True, int), isinstance("a", (int, str)), isinstance([], tuple), isinstance(1.5, (int, float)), isinstance(None, type(None))
b = type(1) == int, type("a") is str, type([]) in (list, tuple), isinstance({}, dict), type(1).__name__
from collections.abc import Iterable
c = isinstance([1], Iterable), isinstance(5, Iterable)
# ---- fields of dataclasses, and copies of objects
import copy
from dataclasses import dataclass, field, fields
@dataclass
class A:
    n: int
    m: str = "x"
    l: list = field(default_factory=list)
a = [f.name for f in fields(A)], [f.type == int for f in fields(A(1))], fields(A)[1].default
o = A(1)
p, q = copy.copy(o), copy.deepcopy(o)
o.l.append(5)
o.n = 7
b = p.n, p.l, q.n, q.l, q == A(1), p is o
# ---- types of the source's values
from typing import NamedTuple
class T(NamedTuple):
    a: int
class C:
    pass
def f(): pass
a = isinstance(T(1), tuple), isinstance(T(1), list), isinstance(C(), list), isinstance(f, dict), isinstance(C, str), isinstance(C(), object)
b = isinstance({}.keys(), list), isinstance(iter([]), list), isinstance(zip([]), (list, tuple))
# ---- cached properties
from functools import cached_property
class A:
    n = 0
    @cached_property
    def parts(self):
        A.n += 1
        return [A.n]
class B(A):
    @cached_property
    def parts(self):
        return super().parts + [0]
a, b = A(), A()
c = a.parts is a.parts, a.parts, b.parts, A.n
a.parts = 7
d = a.parts, "parts" in vars(b), vars(b)
del b.__dict__["parts"]
e = b.parts
f = B()
g = f.parts, f.parts is f.parts
# ---- classes that are told of those that stand on them
class Base:
    known = {}
    order = []
    def __init_subclass__(cls, key="", scale=1, **rest):
        super().__init_subclass__(**rest)
        Base.order.append(cls.__name__)
        cls.scale = scale
        if key:
            Base.known[key] = cls
    def build(self):
        return type(self).__name__, self.scale
class A(Base, key="a"):
    pass
class B(A, key="b", scale=3):
    pass
class C(B):
    def __init_subclass__(cls):
        super().__init_subclass__(key=cls.__name__.lower())
class D(C):
    pass
a = Base.order, sorted(Base.known), Base.known["b"]().build(), Base.known["d"]().build()
class Mixin:
    @classmethod
    def __init_subclass__(cls, **k):
        cls.options = k
class E(Mixin, x=1, y=(2, 3)):
    z = 4
b = E.options, E.z, "d" in Base.known, "C" in Base.order
# ---- named tuples and their defaults
import collections
from typing import NamedTuple
Args = collections.namedtuple("Args", ["kernel", "repeats", "filters"])
Args.__new__.__defaults__ = (None,) * len(Args._fields)
a, b = Args(kernel=3), Args(1, 2)
c = tuple(a), tuple(b), a._fields, Args._fields, tuple(a._replace(filters=8)), a._asdict()
Args.__new__.__defaults__ = (7, 8)
d = tuple(Args(1)), tuple(Args._make([4, 5, 6])), tuple(Args._make(range(3))), Args.__new__.__defaults__
class Stage(NamedTuple):
    width: int
    depth: int = 2
e = Stage._fields, Stage._field_defaults, tuple(Stage(3)), tuple(Stage(**{**Stage(4)._asdict(), "depth": 5}))
try:
    Args()
except TypeError:
    f = "refused"
