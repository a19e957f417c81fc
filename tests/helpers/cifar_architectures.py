"""Small networks in the styles of well-known ones on CIFAR-10, without max pooling."""

import torch
from torch import nn
from torch.nn import functional


def unit(below, above, kernel=3, stride=1, groups=1):
    convolution = nn.Conv2d(below, above, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(above), nn.ReLU(inplace=True))


def linear_unit(below, above, kernel=3, stride=1, groups=1):
    return unit(below, above, kernel, stride, groups)[:2]


class Residual(nn.Module):
    """A branch beside an identity, or beside a projection."""

    def __init__(self, branch, below, above, stride=1, *, ends_in_relu=True):
        super().__init__()
        same = below == above and stride == 1
        self.branch = branch
        self.shortcut = nn.Sequential() if same else linear_unit(below, above, 1, stride)
        self.ends_in_relu = ends_in_relu

    def forward(self, x):
        out = self.branch(x)
        out += self.shortcut(x)
        return functional.relu(out) if self.ends_in_relu else out


def basic(below, above, stride=1):
    branch = nn.Sequential(unit(below, above, 3, stride), linear_unit(above, above))
    return Residual(branch, below, above, stride)


def bottleneck(below, above, stride, groups):
    grouped = unit(above, above, 3, stride, groups)
    branch = nn.Sequential(unit(below, above, 1), grouped, linear_unit(above, above, 1))
    return Residual(branch, below, above, stride)


def inverted(below, above, stride):
    wide = 2 * below
    deep = unit(wide, wide, 3, stride, wide)
    branch = nn.Sequential(unit(below, wide, 1), deep, linear_unit(wide, above, 1))
    return Residual(branch, below, above, stride, ends_in_relu=False)


class PreActivated(nn.Module):
    def __init__(self, below, above, stride=1):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(below), nn.BatchNorm2d(above)
        self.conv1 = nn.Conv2d(below, above, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(above, above, 3, 1, 1, bias=False)
        if (below, stride) != (above, 1):
            self.shortcut = nn.Conv2d(below, above, 1, stride, bias=False)

    def forward(self, x):
        out = functional.relu(self.norm1(x))
        beside = self.shortcut(out) if hasattr(self, "shortcut") else x
        return self.conv2(functional.relu(self.norm2(self.conv1(out)))) + beside


class Dense(nn.Module):
    def __init__(self, below, growth):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(below), nn.Conv2d(below, growth, 3, 1, 1, bias=False)

    def forward(self, x):
        return torch.cat([self.conv(functional.relu(self.norm(x))), x], 1)


class Transition(nn.Module):
    def __init__(self, below, above):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(below), nn.Conv2d(below, above, 1, bias=False)

    def forward(self, x):
        return functional.avg_pool2d(self.conv(functional.relu(self.norm(x))), 2)


class Shuffled(nn.Module):
    def __init__(self, channels, groups, stride=1):
        super().__init__()
        self.stride, self.groups = stride, groups
        self.first = unit(channels, channels, 1, 1, groups)
        self.deep = linear_unit(channels, channels, 3, stride, channels)
        self.last = linear_unit(channels, channels, 1, 1, groups)

    def forward(self, x):
        out = self.first(x)
        n, c, h, w = out.size()
        out = out.view(n, self.groups, c // self.groups, h, w).permute(0, 2, 1, 3, 4)
        out = self.last(self.deep(out.reshape(n, c, h, w)))
        if self.stride == 1:
            return functional.relu(out + x)
        return functional.relu(torch.cat([out, functional.avg_pool2d(x, 3, 2, 1)], 1))


class Tree(nn.Module):
    """Two blocks, whose outputs a root joins, as in deep layer aggregation."""

    def __init__(self, below, above, stride=1):
        super().__init__()
        self.left, self.right = basic(below, above, stride), basic(above, above)
        self.root = unit(2 * above, above, 1)

    def forward(self, x):
        left = self.left(x)
        return self.root(torch.cat([left, self.right(left)], 1))


class DualPath(nn.Module):
    def __init__(self, below, added, joined):
        super().__init__()
        self.added = added
        self.branch = nn.Sequential(unit(below, 4, 1), linear_unit(4, added + joined, 1))
        self.shortcut = linear_unit(below, added + joined, 1)

    def forward(self, x):
        out, x, n = self.branch(x), self.shortcut(x), self.added
        return functional.relu(torch.cat([x[:, :n] + out[:, :n], x[:, n:], out[:, n:]], 1))


class Head(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.linear = nn.Linear(channels, 10)

    def forward(self, x):
        x = functional.avg_pool2d(x, x.size(2))
        return self.linear(x.view(x.size(0), -1))


BODIES = {
    "vgg": lambda: (unit(3, 4), nn.AvgPool2d(2), unit(4, 8), nn.Dropout2d(), Head(8)),
    "resnet": lambda: (unit(3, 4), basic(4, 4), basic(4, 8, 2), Head(8)),
    "preact_resnet": lambda: (unit(3, 4)[0], PreActivated(4, 4), PreActivated(4, 8, 2), Head(8)),
    "resnext": lambda: (unit(3, 4), bottleneck(4, 8, 1, 4), Head(8)),
    "regnet": lambda: (unit(3, 4), bottleneck(4, 8, 2, 2), bottleneck(8, 8, 1, 4), Head(8)),
    "mobilenet": lambda: (unit(3, 4), unit(4, 4, 3, 2, 4), unit(4, 8, 1), Head(8)),
    "mobilenet_v2": lambda: (unit(3, 4), inverted(4, 4, 1), inverted(4, 8, 2), Head(8)),
    "densenet": lambda: (unit(3, 4)[0], Dense(4, 2), Dense(6, 2), Transition(8, 4), Head(4)),
    "shufflenet": lambda: (unit(3, 4), Shuffled(4, 2), Shuffled(4, 2, 2), Head(8)),
    "dla": lambda: (unit(3, 4), Tree(4, 4), Tree(4, 8, 2), Head(8)),
    "dpn": lambda: (unit(3, 4), DualPath(4, 4, 2), Head(8)),
}


def architecture(name):
    """Return a factory of one of `BODIES`."""

    def make(size):
        return nn.Sequential(*BODIES[name]()), (3, size, size)

    make.__name__ = name
    return make
