# ---- arithmetic
a = 7 // 2, -7 // 2, 7 % -3, -7 % 3, 2**10, 2**-1, 7 / 2, 1e3, 0x1F, 1_000
b = -3, +3, ~3, not 3, 5 & 3, 5 | 3, 5 ^ 3, 1 << 4, 256 >> 2
c = 1 + 2.0, 3 * "ab", [0] * 3, (1,) + (2,), "a" "b"
d = divmod(17, 5), round(2.5), round(3.14159, 2), abs(-4), pow(2, 5), pow(2, 5, 7)
e = True + True, 3 == 3.0, "a" < "b", [1, 2] < [1, 3], (1, 2) == (1, 2)
f = 0.1 + 0.2, 1e308 * 10, 5 // 2.0, 2**0.5
g = 1j * 1j, complex(1, 2).real
# ---- comparison
a = 1 < 2 < 3, 1 < 3 < 2, 1 == 1 != 2, 3 > 2 > 1 >= 1
b = 1 in [1, 2], 3 not in (1, 2), "b" in "abc", "k" in {"k": 1}, 2 in {2}, 5 in range(0, 10, 5), 3 in range(0, 10, 5)
x = None
c = x is None, x is not None, (1 is None), x == None
d = [1, [2]] == [1, [2]], {"a": 1} == {"a": 1.0}, {1, 2} == {2, 1}, [1] == (1,), {"a": 1} != {"b": 1}
y = z = []
e = y is z, y is not [], y == z
# ---- short cuts
log = []
def f(x):
    log.append(x)
    return x
a = f(0) and f(1), f(2) or f(3), f(0) or f("") or f(4), not f(0)
b = [] or "empty", {} and 1, None or 0, 1 and 2 and 3
# ---- indices and slices
s = [0, 1, 2, 3, 4, 5]
a = s[0], s[-1], s[1:3], s[::-1], s[::2], s[-2:], s[:100]
b = "abc"[1], (1, 2, 3)[-1], range(10)[3], range(10)[2:5], "hello"[1:-1], b"abc"[0]
s[1:3] = [9]
s[-1] = 7
s[len(s):] = [8, 8]
d = {"a": {"b": [1, 2]}}
c = d["a"]["b"][1]
d["a"]["c"] = 3
t = {(1, 2): "t", None: 0, 1.5: "f"}
e = t[1, 2], t[None], t[1.5]
# ---- containers
x = [1, 2]
a = [*x, 3, *x], (*x,), {*x, 9}, {**{"a": 1}, "b": 2, "a": 3}
b = [], (), {}, set(), (1,), [[]]
c = {1: "a", True: "b", 1.0: "c"}
# ---- comprehension
a = [x * y for x in range(3) for y in range(x) if x + y > 1]
b = {k: v for k, v in zip("abc", range(3)) if v}
c = {x % 3 for x in range(10)}
d = sum(x for x in range(5)), list(x for x in (1, 2))
e = [[j for j in range(i)] for i in range(3)]
x = 5
f = [x for x in range(2)]
g = x
h = [(lambda n: n + i)(1) for i in range(2)]
n = [a for a, b in [(1, 2), (3, 4)]]
# ---- comprehension in a class
class A:
    xs = [1, 2]
    ys = [x + 1 for x in xs]
    n = 3
a = A.ys, A.n
# ---- lambda
f = lambda x, y=2, *a, k=1, **kw: (x, y, a, k, kw)
a = f(1), f(1, 3, 4, k=5, z=6)
b = (lambda: 1)()
c = list(map(lambda x: x * 2, [1, 2])), list(filter(None, [0, 1, "", "a"])), sorted([3, 1, 2], key=lambda x: -x)
# ---- f-strings
a, b, c = 3, 2.5, "txt"
r = f"{a}", f"{a:03d}", f"{b:.3f}", f"{c!r}", f"{c:>6}|", f"{a + 1}{{}}", f"{a=}", f"{b:{a}.{1}f}", f"{[1, 'x']}", f"{None}"
s = f"{1000000:,}", f"{0.25:.0%}", f"{255:x}", f"{c:^{9}}", f"{'nested ' + f'{a}'}", f"{(1, 2)}", f"{True}", f"{1e-7}"
# ---- texts that are filled in
r = "%d items" % 3, "%s/%s" % ("a", 1), "%.2f%%" % 1.5, "%(a)s" % {"a": 1}, "%5d|%-5s|" % (1, "x"), "%r" % ("q",)
s = "{}-{}".format(1, 2), "{1}{0}".format("a", "b"), "{n:>4}".format(n=5), "{0[1]}".format([1, 2]), "{:.1f}".format(2.25), "{!r}".format("a")
t = "{a}{b}".format(**{"a": 1, "b": 2}), "{x[k]}".format(x={"k": 3}), "{:{w}}".format("a", w=3), "{{}}".format()
u = "{a}".format_map({"a": 1})
# ---- texts
s = " Hello, World "
a = s.strip(), s.lower(), s.upper(), s.replace("l", "L"), s.split(","), s.strip().split(), s.find("W"), s.count("l")
b = "a-b-c".split("-", 1), "a.b.c".rsplit(".", 1), "x".join("abc"), "abc".startswith(("a", "b")), "abc".endswith("c")
c = "abc".title(), "aBc".swapcase(), "7".zfill(3), "a".center(5, "*"), "a,b".partition(","), "ab\ncd".splitlines()
d = "123".isdigit(), "abc".isalpha(), "".isspace(), "A".isupper(), "prefix_x".removeprefix("prefix_")
e = str(1), str(1.0), str([1, "a"]), repr("a'b"), str(None), str((1,)), str({"a": 1}), ascii("é"), chr(65), ord("a")
f = "abc" * 0, "ab" + "cd", len("é"), "b" > "a", max("abc"), sorted("bca"), list("ab"), "a" in "", "" in "a"
g = "x".encode(), b"x".decode(), "a_b".isidentifier(), "tEST".capitalize(), "abc".index("c")
# ---- numbers
a = int("12"), int("ff", 16), int(3.9), int(-3.9), float("1.5"), float("inf") > 1, bool(""), bool([0]), complex("1j")
b = bin(5), hex(255), oct(8), (255).bit_length(), (2.0).is_integer(), int(True), round(2.675, 2), round(1234, -2), (7).real
c = min(3, 1, 2), max([1, 5, 2]), min("b", "a"), max([1, -5], key=abs), min([], default=0), sum([1, 2], 10), sum([[1], [2]], [])
# ---- conversions of containers
a = list((1, 2)), tuple([1]), list({"a": 1}), set([1, 1, 2]), dict([("a", 1)], b=2), dict(a=1), list(range(3)), frozenset([1])
b = list(reversed([1, 2])), list(enumerate("ab", 1)), list(zip([1, 2], "ab", (True, False))), list(zip()), tuple(map(str, [1, 2]))
c = any([0, 1]), all([]), all([1, 0]), any(x > 1 for x in [1, 2]), len({1: 2}), len(range(0, 10, 3)), sorted({3, 1}, reverse=True)
d = dict(zip("ab", [1, 2])), dict({"a": 1}, a=2), [*map(int, "12")], list(map(lambda a, b: a + b, [1, 2], [3, 4]))
e = sorted([("b", 1), ("a", 2)]), sorted(["bb", "a"], key=len), sorted({"b": 1, "a": 2}), list(filter(lambda x: x > 1, [1, 2]))
# ---- iterators are met once
z = zip([1, 2], [3, 4])
a, b = list(z), list(z)
i = iter([1, 2, 3])
c = next(i), next(i), list(i), next(i, "end")
e = enumerate("xy")
d = [k for k, _ in e], list(e)
# ---- choices
a = [1 if x else 2 for x in (0, 1)]
b = ("no", "yes")[True]
c = 1 if [] else 2 if () else 3
# ---- nested calls and keywords
def f(*a, **k):
    return a, k
a = f(*[1, 2], 3, *(4,), x=1, **{"y": 2})
b = f(*"ab", **dict(z=1))
def g(a, /, b, *, c=3):
    return a, b, c
c = g(1, 2), g(1, b=2, c=4)
# ---- what is evaluated first
log = []
def t(x):
    log.append(x)
    return x
d = {t("k"): t("v")}
l = [t(1), t(2)]
t(3) + t(4) * t(5)
(lambda a, b: 0)(t(6), b=t(7))
l[t(0)] = t(8)
# ---- slices as values
s = slice(1, 3)
a = [1, 2, 3, 4][s], s.start, s.stop, s.step
# ---- ellipsis and None
a = ..., None, Ellipsis is ...
# ---- patterns
import re
options = {}
for op in "r2_k3_s22_e6_i16_o24_se0.25_noskip".split("_"):
    parts = re.split(r"(\d.*)", op)
    if len(parts) >= 2:
        options[parts[0]] = parts[1]
pattern = re.compile(r"([a-z]+)(\d+)(?:x(\d+))?")
a = pattern.match("conv3x5").groups(), pattern.match("pool2")[3], pattern.fullmatch("c3x"), pattern.search("-d12").span()
b = re.findall(r"\d+", "64, 128,M 256"), [m.group(1) for m in re.finditer(r"(\w)=", "a=1 b=2")], re.sub(r"\s+", "", "a b  c")
c = re.match(r"(?P<kind>[A-Z])(?P<n>\d*)", "C64").groupdict(), bool(re.match("x", "y")), pattern.pattern, re.sub("(a)", r"<\1>", "ab")
d = re.escape("a.b"), re.split(r"[,;] ?", "a, b;c", maxsplit=1), re.match(r"[^]a]{2,3}?", "bcd").end()
e = re.match("(a|b)+", "ab") is None
f = re.match("(a)\\1", "aa") is None
g = re.match("A", "a", re.I) is None
h = re.findall(r"\w*\w*\w*\w*-", "a" * 100)
i = re.match("(?=a)", "a") is None
# unknown: e, f, g, h, i
