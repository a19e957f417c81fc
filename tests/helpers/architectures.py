"""Compact versions of well-known architectures, and modules that say what they do in one line."""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from torch.utils.checkpoint import checkpoint


class Of(nn.Module):
    """Layers, and a function that says what becomes of an input."""

    def __init__(self, forward, **parts):
        super().__init__()
        self.steps = forward
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x):
        return self.steps(self, x)


class ViT(nn.Module):
    """Vision transformer (Dosovitskiy et al. 2021)."""

    def __init__(self, size, width=8):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(0.02 * torch.randn(1, (size // 4) ** 2 + 1, width))
        layer = nn.TransformerEncoderLayer(
            width, 2, 2 * width, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 3)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(len(x), -1, -1), tokens], 1)
        return self.head(self.norm(self.encoder(tokens + self.positions))[:, 0])


class Swin(nn.Module):
    """Attention in windows, which are folded into the batch (Liu et al. 2021)."""

    def __init__(self, size, width=8, window=2):
        super().__init__()
        self.window = window
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.norm, self.qkv = nn.LayerNorm(width), nn.Linear(width, 3 * width)
        self.bias_table = nn.Parameter(0.02 * torch.randn((2 * window - 1) ** 2, 1))
        steps = torch.stack(
            torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")
        ).flatten(1)
        offsets = steps[:, :, None] - steps[:, None] + window - 1
        self.register_buffer("index", offsets[0] * (2 * window - 1) + offsets[1])
        self.project, self.head = nn.Linear(width, width), nn.Linear(width, 3)

    def forward(self, x):
        h = self.patches(x).permute(0, 2, 3, 1)
        rolled = torch.roll(self.norm(h), (-1, -1), (1, 2))
        batch, edge, _, width = h.shape
        w = self.window
        windows = rolled.view(batch, edge // w, w, edge // w, w, width).transpose(2, 3)
        q, k, v = self.qkv(windows.reshape(-1, w * w, width)).chunk(3, dim=2)
        bias = self.bias_table[self.index.flatten()].view(w * w, w * w)
        attention = torch.softmax(q @ k.transpose(1, 2) / width**0.5 + bias, 2)
        mixed = self.project(attention @ v).view(batch, edge // w, edge // w, w, w, width)
        h = h + torch.roll(mixed.transpose(2, 3).reshape(h.shape), (1, 1), (1, 2))
        return self.head(h.mean((1, 2)))


class ConvNeXt(nn.Module):
    """Depthwise convolutions, and a scale of each layer (Liu et al. 2022)."""

    def __init__(self, size, width=8):
        super().__init__()
        self.stem, self.depthwise = (
            nn.Conv2d(3, width, 4, 4),
            nn.Conv2d(width, width, 3, padding=1, groups=width),
        )
        self.norm = nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.layer_scale = nn.Parameter(torch.full((width, 1, 1), 0.5))
        self.head = nn.Linear(width, 3)

    def forward(self, x):
        x = self.stem(x)
        h = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        h = self.down(F.gelu(self.up(h))).permute(0, 3, 1, 2)
        return self.head((x + self.layer_scale * h).mean((2, 3)))


class Mixer(nn.Module):
    """Layers across tokens and across channels by turns (Tolstikhin et al. 2021)."""

    def __init__(self, size, width=8, patch=8):
        super().__init__()
        tokens = (size // patch) ** 2
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.up, self.down = nn.Linear(tokens, 16), nn.Linear(16, tokens)
        self.across, self.head = nn.Linear(width, width), nn.Linear(width, 3)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = x + self.down(F.gelu(self.up(self.norms[0](x).transpose(1, 2)))).transpose(1, 2)
        return self.head((x + self.across(self.norms[1](x))).mean(1))


class EfficientNet(nn.Module):
    """An inverted bottleneck with squeeze and excitation (Tan and Le 2019)."""

    def __init__(self, size, width=8):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width)
        self.depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)
        self.squeeze, self.excite = nn.Conv2d(width, 2, 1), nn.Conv2d(2, width, 1)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(width, 3))

    def forward(self, x):
        x = F.silu(self.norm(self.stem(x)))
        h = F.silu(self.depthwise(x))
        gates = torch.sigmoid(self.excite(F.silu(self.squeeze(h.mean((2, 3), keepdim=True)))))
        if self.training:  # DropPath
            h = h * torch.bernoulli(torch.ones(len(h), 1, 1, 1))
        return self.head((x + h * gates).mean((2, 3)))


class DenseNet(nn.Module):
    """Every layer sees all before it (Huang et al. 2017), with checkpoints if memory is short."""

    def __init__(self, size, width=4, *, memory_efficient=False):
        super().__init__()
        self.memory_efficient = memory_efficient
        self.stem = nn.Conv2d(3, width, 3, padding=1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width * n) for n in (1, 2))
        self.layers = nn.ModuleList(
            nn.Conv2d(width * n, width, 3, padding=1, bias=False) for n in (1, 2)
        )
        self.head = nn.Linear(3 * width, 3)

    def forward(self, x):
        features = [self.stem(x)]
        for norm, layer in zip(self.norms, self.layers, strict=True):

            def step(*before, norm=norm, layer=layer):
                return layer(norm(torch.cat(before, 1)).relu())

            if self.memory_efficient:
                features.append(checkpoint(step, *features, use_reentrant=False))
            else:
                features.append(step(*features))
        return self.head(torch.cat(features, 1).relu().mean((2, 3)))


class UNet(nn.Module):
    """Down, up, and across, to an image (Ronneberger et al. 2015)."""

    def __init__(self, size, width=4):
        super().__init__()
        self.down1 = nn.Conv2d(3, width, 3, padding=1)
        self.down2 = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.up = nn.ConvTranspose2d(2 * width, width, 2, 2)
        self.last = nn.Conv2d(2 * width, 2, 1)

    def forward(self, x):
        h = self.down1(x).relu()
        low = self.down2(F.max_pool2d(h, 2)).relu()
        return self.last(torch.cat([h, self.up(low)], 1))


class Generator(nn.Module):
    """From latent vectors to images (Radford et al. 2016)."""

    def __init__(self, latent, width=4):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Unflatten(1, (latent, 1, 1)), nn.ConvTranspose2d(latent, width, 4),
            nn.BatchNorm2d(width), nn.ReLU(), nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh(),
        )  # fmt: skip

    def forward(self, z):
        return self.layers(z)


class Discriminator(nn.Module):
    """From images to one probability each, without an axis of logits (Radford et al. 2016)."""

    def __init__(self, size, width=4):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.utils.parametrizations.spectral_norm(nn.Conv2d(width, 1, size // 2)),
            nn.Sigmoid(), nn.Flatten(0),
        )  # fmt: skip

    def forward(self, x):
        return self.layers(x)
