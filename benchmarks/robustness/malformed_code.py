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
}
