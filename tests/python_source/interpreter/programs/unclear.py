# ---- a condition that is not known
import os
a = b = c = 1
if os.environ.get("X"):
    a = 2
    b = 1
    d = 4
else:
    a = 3
# unknown: a
# ---- one branch only raises
import os
if not os.path.exists("/no/such/file"):
    a = 1
else:
    raise SystemExit("there")
b = 2
# ---- a branch that leaves the program
import os, sys
if os.path.exists("/no/such/file"):
    print("usage")
    sys.exit(1)
a = 1
# ---- lists that are changed in one branch
import os
a, b, c = [1], [1], {"k": 1}
if os.path.exists("/no/such/file"):
    a.append(2)
    b[0] = 5
    c["k"] = 2
d = len(b)
e = a
f = c["k"]
# unknown: a, b, c, e, f
# ---- both branches come to the same
import os
if os.path.exists("/no/such/file"):
    a, b = 1, [1, 2]
else:
    a, b = 1, [1, 2]
c = 5 if os.path.exists("/no/such/file") else 5
# ---- a return that is perhaps taken
import os
def f(x):
    if os.path.exists("/no/such/file"):
        return x
    y = x + 1
    return y
def g(x):
    if os.path.exists("/no/such/file"):
        return x
    return x
def h():
    if os.path.exists("/no/such/file"):
        raise ValueError
    return 4
a, b, c = f(1), g(1), h()
# unknown: a
# ---- a state behind a return that is perhaps taken
import os
log = []
n = 0
def f():
    global n
    if os.path.exists("/no/such/file"):
        return
    n = 1
    log.append(1)
f()
a = 3
# unknown: log, n
# ---- break and continue that are perhaps taken
import os
a = []
n = 0
for i in range(3):
    if os.path.exists("/no/such/file"):
        continue
    n += 1
m = 0
for i in range(3):
    if os.path.exists("/no/such/file"):
        break
    m = 5
k = 7
# unknown: n, m, i
# ---- a loop over what is not known
import os
n, last, same, xs = 0, None, 1, []
for name in os.listdir("."):
    n += 1
    last = name
    same = 1
    xs.append(name)
fixed = 3
# unknown: n, last, xs, name
# ---- a loop that carries what it changes
import os
a, b = 1, 1
for _ in os.listdir("."):
    a = b
    b = 2
# unknown: a, b, _
# ---- a while whose end is not known
import os
n, m = 0, 5
while os.path.exists("/no/such/file"):
    n += 1
# unknown: n
# ---- and, or with what is not known
import os
u = os.path.exists("/no/such/file")
a = u and False
b = u or 3
c = not u
d = 1 if (u and False) else 2
e = 0
if u and 0:
    e = 1
if u or True:
    f = 1
g = [u][0:1] == [1, 2]
h = u is None
# unknown: a, b, c, h, u
# ---- unknown items
import os
x = os.path.exists("/no/such/file")
l = [1, x, 3]
a, b = l[0], l[2]
d = {"a": x, "b": 2}
c = d["b"], len(d), len(l), 1 in l, "a" in d
e = sum([1, 2])
f = max(l)
l2 = l + [4]
# unknown: x, l, d, f, l2
# ---- unknown keys
import os
x = os.getcwd()
d = {"a": 1}
d[x] = 2
a = d.get("a")
n = 1
# unknown: x, d, a
# ---- an unknown index
import os
i = int(os.path.exists("/no/such/file"))
l = [5, 6]
a = l[i]
l[i] = 7
# unknown: i, l, a
# ---- nested conditions
import os
u, v = os.path.exists("/no/such/file"), os.path.exists("/no/such/other")
a = b = c = 0
if u:
    if v:
        a = 1
    else:
        b = 1
else:
    if v:
        c = 0
# unknown: u, v, a, b
# ---- objects that are changed in one branch
import os
class A:
    def __init__(self):
        self.x = 1
        self.y = 1
o = A()
if os.path.exists("/no/such/file"):
    o.x = 2
    o.y = 1
a, b = o.x, o.y
# unknown: a
# ---- missing options
import argparse
p = argparse.ArgumentParser()
p.add_argument("where", nargs="?", default="here")
a = p.parse_args([]).where
# ---- a choice by what is not known
import os
u = os.path.exists("/no/such/file")
match u:
    case True:
        a = 1
    case _:
        a = 2
b = {True: 1, False: 2}[u]
# unknown: u, a, b
# ---- raised in doubt
import os
def f():
    if os.path.exists("/no/such/file"):
        return 1
    raise ValueError
try:
    a = f()
except ValueError:
    a = 2
b = 3
# unknown: a
# ---- continue, then break
import os
a = 0
for i in range(5):
    if os.path.exists("/no/such/file"):
        continue
    a = 1
    break
b = 2
# unknown: a, i
# ---- return in a loop
import os
def f():
    n = 0
    for i in range(5):
        if os.path.exists("/no/such/file"):
            return "found"
        n += 1
    return "not found"
a = f()
def g():
    for i in os.listdir("."):
        return 1
    return 1
b = g()
# unknown: a
# ---- chains of unknown elifs
import os
u = os.path.exists("/no/such/file")
if u:
    a = 1
elif os.path.exists("/no/such/other"):
    a = 1
elif u:
    a = 1
else:
    a = 1
# unknown: u
# ---- super() of what is not known
import os
class A:
    def f(self): return 1
class B(A): pass
b = B() if os.environ.get("X") is None else B()
c = super(B, b).f()
d = super(B, B()).f()
# unknown: b, c
# ---- setdefault by a key that is not known
import os
def f(d, key):
    first = d.setdefault((1, key), 7)
    d.setdefault(key, []).append(1)
    return first, len(d)
a, n = f({}, os.environ.get("X"))
b = f({1: [2]}, 1)
# unknown: n
