"""Which architectures of a public collection can be sampled, and which have a prediction.

    python benchmarks/architectures.py                       # a table of all those below
    python benchmarks/architectures.py torchvision/resnet18  # of some
    python benchmarks/architectures.py --out docs/networks.md

Takes the collections that are installed: torchvision, timm. Each network has 10 logits, and is
sampled at two sizes, from random weights: nothing is downloaded.
"""

import argparse
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from torch import nn

from evidence.errors import UserError
from simulations.engine.any_module.module_error import ModuleError
from simulations.engine.configurations import configure
from simulations.engine.ensemble import Ensemble, gradient_batches, plan
from simulations.engine.simulation_run import SimulationRun
from theory.graph.layers import DagError
from theory.modules.predictions import predict_second_moments

SIZES: dict[str, tuple[int, ...]] = {
    "alexnet": (64, 96), "inception_v3": (75, 107), "inception_resnet_v2": (75, 107),
    "halonet26t": (128, 256),
}  # fmt: skip
"""Pixels of an edge, where they are not `USUAL`."""

USUAL = {"torchvision": (32, 64), "timm": (64, 96)}

CORES = 2

NAMES = {
    "torchvision": (
        "alexnet", "vgg11", "vgg16_bn", "googlenet", "inception_v3", "squeezenet1_1", "resnet18",
        "resnet50", "resnet101", "resnext50_32x4d", "wide_resnet50_2", "densenet121",
        "densenet121-checkpointed", "mobilenet_v2", "mobilenet_v3_small", "mnasnet1_0",
        "shufflenet_v2_x1_0", "efficientnet_b0", "efficientnet_v2_s", "regnet_x_400mf",
        "regnet_y_400mf", "convnext_tiny", "vit_b_16", "vit_b_32", "swin_t", "swin_v2_t",
    ),
    "timm": (
        "vit_tiny_patch16_224", "deit_tiny_patch16_224", "cait_xxs24_224",
        "mixer_s32_224", "resmlp_12_224", "gmlp_ti16_224", "convmixer_768_32", "poolformer_s12",
        "xcit_nano_12_p16_224", "pvt_v2_b0", "twins_svt_small", "coat_tiny", "levit_128s",
        "mobilevit_xxs", "edgenext_xx_small", "repvgg_a0", "nf_resnet50",
        "resnetv2_50x1_bit", "res2net50_26w_4s", "resnest14d", "skresnet18", "ghostnet_100",
        "hrnet_w18_small", "dla34", "dpn68", "sequencer2d_s", "focalnet_tiny_srf",
        "inception_resnet_v2", "xception41", "lambda_resnet26t", "halonet26t",
        "botnet26t_256", "volo_d1_224", "visformer_tiny", "cspresnet50", "ese_vovnet19b_dw",
        "eva02_tiny_patch14_224", "tinynet_e", "mobileone_s0", "tresnet_m",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What came of one architecture; `refused` and `no_prediction` are reasons, or empty."""

    name: str
    sizes: tuple[int, ...]
    refused: str
    remarks: tuple[str, ...]
    no_prediction: str
    seconds: float


def factory(collection: str, name: str) -> Callable[[int], tuple[nn.Module, tuple[int, ...]]]:
    """Return a factory of one architecture."""
    name, _, is_checkpointed = name.partition("-")

    def make(size: int) -> tuple[nn.Module, tuple[int, ...]]:
        options: dict[str, Any] = {"num_classes": 10}
        if is_checkpointed:
            options["memory_efficient"] = True
        if name in {"googlenet", "inception_v3"}:
            options |= {"init_weights": False, "aux_logits": False}
        if name.startswith("vit_b"):
            options["image_size"] = size
        if collection == "torchvision":
            from torchvision import models

            return models.get_model(name, **options), (3, size, size)
        import timm

        try:  # those that know their patches beforehand
            network = timm.create_model(name, num_classes=10, img_size=size)
        except TypeError:
            network = timm.create_model(name, num_classes=10)
        return network, (3, size, size)

    make.__name__ = name
    return make


def load(collection: str) -> None:
    """Import a collection, also beside a torch that its compiled operators are not made for."""
    try:
        import_module(collection)
    except RuntimeError:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):  # which detectors alone use, and the import asks for
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import_module(collection)


def tried(name: str, networks: int) -> Row:
    """Sample one architecture as `sqrtd simulate` does."""
    torch.set_num_threads(1)
    collection, architecture = name.split("/", 1)
    load(collection)
    sizes = SIZES.get(architecture, USUAL[collection])
    start = time.perf_counter()
    try:
        ensembles = configure(SimulationRun(factory(collection, architecture), sizes=sizes))
        for ensemble in ensembles:
            for gradients in gradient_batches(ensemble, 0, range(networks), "cpu"):
                if not gradients.rows.isfinite().all():
                    raise ModuleError("some gradients are not finite")
    except UserError as error:
        return Row(name, sizes, str(error), (), "", time.perf_counter() - start)
    seconds = time.perf_counter() - start
    remarks = tuple(dict.fromkeys(note for one in ensembles for note in plan(one).notes))
    return Row(name, sizes, "", remarks, prediction(ensembles), seconds)


def prediction(ensembles: Sequence[Ensemble]) -> str:
    """Return why there is no exact prediction; empty where there is one."""
    try:
        planned = plan(ensembles[0])
        predict_second_moments(planned.module, planned.shape)
    except DagError as error:
        return str(error)
    return ""


class Sentences:
    """Long sentences that many rows have, each said once below, under a number."""

    QUOTED = re.compile(r"'([^']*)'(?: \((\w+)\))?")
    LISTED = re.compile(r": ([^:;]*)(?=;|$)")

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, sentence: str) -> str:
        """Return the link of a sentence in a cell."""
        return f"({self._numbers.setdefault(sentence, len(self._numbers) + 1)})"

    def prediction(self, reason: str) -> str:
        """Return a cell: "yes" without a reason, else what the reason names, and its number."""
        if not reason:
            return "yes"
        named = [
            f"`{name}`" + (f" ({kind})" if kind else "")
            for name, kind in self.QUOTED.findall(reason)
        ]
        return f"{', '.join(named)}: {self.number(self.QUOTED.sub('…', reason))}"

    def note(self, remark: str) -> str:
        """Return a cell: the parameters that a remark lists, shortened, and its number."""
        listed = self.LISTED.search(remark)
        if listed is None:
            return self.number(remark)
        names = listed[1].replace(" and ", ", ").removesuffix(" more").split(", ")
        others = sum(int(name) if name.isdigit() else 1 for name in names[1:])
        more = f" and {others} more" if others else ""
        return f"`{names[0]}`{more}: {self.number(self.LISTED.sub(': …', remark))}"

    def said(self) -> Iterator[str]:
        """Write the sentences, in the order of their numbers."""
        for sentence, number in self._numbers.items():
            yield f"{number}. {sentence[0].upper()}{sentence[1:]}."


def table(rows: Sequence[Row], networks: int) -> Iterator[str]:
    """Write docs/networks.md, line by line."""
    sampled = [row for row in rows if not row.refused]
    exact = sum(not row.no_prediction for row in sampled)
    yield "# Networks that were tried"
    yield ""
    yield (
        f"`python benchmarks/architectures.py --out docs/networks.md` wrote this page. It samples "
        f"{networks} random networks of each architecture at two sizes. {len(sampled)} of "
        f"{len(rows)} could be sampled, and {exact} have an exact prediction. For the others, "
        "the table names the first submodule or parameter that stands in the way. Numbers in "
        "brackets are sentences at the end of the page; `sqrtd simulate` prints them in full."
    )
    sentences = Sentences()
    for collection, of_collection in groupby(rows, key=lambda row: row.name.partition("/")[0]):
        yield f"\n## {collection}\n"
        yield "| network | pixels of an edge | sampled | seconds | exact prediction | notes |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for row in of_collection:
            cells = (
                row.name.partition("/")[2],
                ", ".join(map(str, row.sizes)),
                f"no: {sentences.number(row.refused)}" if row.refused else "yes",
                f"{row.seconds:.0f}",
                "" if row.refused else sentences.prediction(row.no_prediction),
                "; ".join(map(sentences.note, row.remarks)),
            )
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    yield "\n## What the numbers say\n"
    yield from sentences.said()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="COLLECTION/NAME")
    parser.add_argument("--nets", type=int, default=4, metavar="N", help="networks of a size (4)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write the table")
    options = parser.parse_args()
    installed = [collection for collection in NAMES if find_spec(collection)]
    names = options.names or [f"{one}/{name}" for one in installed for name in NAMES[one]]
    if not names:
        raise SystemExit(f"install {' or '.join(NAMES)}")
    rows = []
    with ProcessPoolExecutor(CORES, get_context("spawn"), max_tasks_per_child=1) as pool:
        for row in pool.map(tried, names, [options.nets] * len(names)):
            rows.append(row)
            print(
                f"{len(rows)}/{len(names)} {row.name}: {row.refused or 'sampled'}, "
                f"{row.seconds:.0f} s; prediction: {row.no_prediction or 'exact'}",
                flush=True,
            )
    if options.out:
        options.out.write_text("\n".join(table(rows, options.nets)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
