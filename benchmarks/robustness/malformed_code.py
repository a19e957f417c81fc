"""Users' files that cannot be run, or that return what is no network."""

NETWORKS = {
    "syntax": "def f(size:\n",
    "cannot be imported": "import nothing_of_this_name\n",
    "ends python": "import sys\nsys.exit(3)\n",
    "raises while read": "raise RuntimeError('one\\ntwo')\n",
    "no such function": "def g(size): pass\n",
    "no function": "f = 3\n",
    "other arguments": "def f(): pass\n",
    "two arguments": "def f(size, depth): pass\n",
    "returns nothing": "def f(size): pass\n",
    "a module alone": "from torch import nn\ndef f(size): return nn.Linear(size, 2)\n",
    "no module": "def f(size): return 'net', (size,)\n",
    "no shape": "from torch import nn\ndef f(size): return nn.Linear(size, 2), None\n",
    "text as shape": "from torch import nn\ndef f(size): return nn.Linear(size, 2), 'ab'\n",
    "negative shape": "from torch import nn\ndef f(size): return nn.Linear(size, 2), (-size,)\n",
    "empty shape": "from torch import nn\ndef f(size): return nn.Linear(size, 2), ()\n",
    "fraction as shape": "from torch import nn\ndef f(size): return nn.Linear(size, 2), (4.5,)\n",
    "shape of another size": "from torch import nn\ndef f(size): return nn.Linear(3, 2), (size,)\n",
    "a class": "from torch import nn\ndef f(size): return nn.Linear, (size,)\n",
    "raises": "def f(size): raise ValueError('one\\n\\ntwo')\n",
    "raises without words": "def f(size): raise ValueError\n",
    "raises what has no text": "class E(Exception):\n    def __str__(self): raise self\n"
    "def f(size): raise E\n",
    "raises no Exception": "def f(size): raise SystemExit(0)\n",
    "recursion": "def f(size): return f(size)\n",
    "no weights": "from torch import nn\ndef f(size): return nn.ReLU(), (size,)\n",
    "does not depend on its input": "import torch\nfrom torch import nn\n"
    "class N(nn.Module):\n    def forward(self, x): return torch.zeros(1, 2)\n"
    "def f(size): return N(), (size,)\n",
    "forward raises": "from torch import nn\n"
    "class N(nn.Module):\n    def forward(self, x): raise KeyError(x)\n"
    "def f(size): return N(), (size,)\n",
    "returns two": "from torch import nn\n"
    "class N(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.l = nn.LazyLinear(2)\n    def forward(self, x): return self.l(x), x\n"
    "def f(size): return N(), (size,)\n",
    "raises at one size": "from torch import nn\ndef f(size):\n"
    "    if size == 8: raise ValueError(size)\n    return nn.Linear(size, 2), (size,)\n",
    "other logits at one size": "from torch import nn\n"
    "def f(size): return nn.Linear(size, size), (size,)\n",
    "not finite": "from torch import nn\nclass N(nn.Linear):\n"
    "    def forward(self, x): return super().forward(x) / 0\n"
    "def f(size): return N(size, 2), (size,)\n",
    "complex": "import torch\nfrom torch import nn\n"
    "def f(size): return nn.Linear(size, 2, dtype=torch.complex64), (size,)\n",
    "closes stdout": "import sys\ndef f(size): sys.stdout.close()\n",
    "leaves the folder": "import os\ndef f(size): os.chdir('/'); return 3\n",
    "a generator": "from torch import nn\ndef f(size): yield nn.Linear(size, 2), (size,)\n",
    "async": "from torch import nn\nasync def f(size): return nn.Linear(size, 2), (size,)\n",
    "too large": "from torch import nn\ndef f(size): return nn.Linear(10**12, 10**6), (10**12,)\n",
}

CONJECTURES = {
    "syntax": "def f(dag:\n",
    "no such function": "def g(dag): return True\n",
    "no function": "f = 3\n",
    "other arguments": "def f(): return True\n",
    "an unknown argument": "def f(dag, y): return True\n",
    "ends python": "import sys\nsys.exit(3)\n",
    "raises while read": "raise RuntimeError('one\\ntwo')\n",
    "zeros": "\x00",
    "returns nothing": "def f(dag): pass\n",
    "returns a number": "def f(dag): return 1\n",
    "returns an array": "import numpy as np\ndef f(dag): return np.array([True, False])\n",
    "raises": "def f(dag): raise ValueError('one\\n\\ntwo')\n",
    "raises what has no text": "class E(Exception):\n    def __str__(self): raise self\n"
    "def f(dag): raise E\n",
    "raises no Exception": "class E(BaseException): pass\ndef f(dag): raise E\n",
    "recursion": "def f(dag): return f(dag)\n",
    "a generator": "def f(dag): yield True\n",
    "async": "async def f(dag): return True\n",
    "a class": "class f:\n    def __init__(self, dag): pass\n",
    "closes stdout": "import sys\ndef f(dag): sys.stdout.close(); return True\n",
}

ODD_CONJECTURES = {
    "assumes all away": "from hypothesis import assume\ndef f(dag): return assume(False)\n",
    "is not the same twice": "import random\ndef f(dag): return random.random() < 0.5\n",
    "raises at times": "def f(dag):\n"
    "    if len(dag.nodes) > 3: raise ValueError\n    return True\n",
    "returns others at times": "def f(dag): return True if len(dag.nodes) < 4 else None\n",
    "edits the DAG": "def f(dag):\n    vars(dag).clear()\n    return False\n",
    "removes its folder": "import os\ndef f(dag): os.rmdir('tmp'); return False\n",
    "prints": "def f(dag): print('\\x1b[31m' * 1000); return True\n",
    "warns": "import warnings\ndef f(dag): warnings.warn('w'); return False\n",
    "no stdout": "import sys\ndef f(dag): sys.stdout = None; return False\n",
}
"""Functions that are some conjecture, though an odd one."""
