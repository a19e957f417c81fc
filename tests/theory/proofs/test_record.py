"""The record of checked proofs: it is of the .v files as they are, and refused where it is not."""

import json
import shutil

import pytest

from evidence.errors import UserError
from theory.proofs.record import CLOSED, FOLDER, require_proved, sources, statements


def theorems():
    return [f"{module}:{name}" for module, text in sources().items() for name in statements(text)]


@pytest.fixture
def folder(tmp_path):
    for file in [*FOLDER.glob("*.v"), FOLDER / "theorems.json"]:
        shutil.copy(file, tmp_path)
    return tmp_path


@pytest.mark.parametrize("proof", theorems())
def test_every_theorem_is_in_the_record_as_it_is_stated_now(proof):
    require_proved(proof)


def test_files_come_after_those_that_they_require():
    order = list(sources())
    assert order.index("dags") < order.index("paths") < order.index("lemma_7")


def test_a_theorem_that_nobody_states_is_refused():
    with pytest.raises(UserError, match="no theorem 'lemma_7:lemma_70'"):
        require_proved("lemma_7:lemma_70")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("lemma_8.v", "Theorem lemma_8 (inputs", "Theorem lemma_8  (others : nat) (inputs"),
        ("dags.v", "%:R^-1", ".+1%:R^-1"),
    ],
)
def test_another_statement_or_definition_makes_the_record_stale(folder, file, old, new):
    require_proved("lemma_8:lemma_8", folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    with pytest.raises(UserError, match="of another state of 'lemma_8:lemma_8'; `make proofs`"):
        require_proved("lemma_8:lemma_8", folder)


@pytest.mark.parametrize(
    ("spoiled", "message"),
    [
        ("{", "is no record"),
        ("{}", "is no record"),
        ('{"theorems": {}}', "does not say that 'lemma_8:lemma_8' was checked"),
    ],
)
def test_a_record_that_lacks_the_theorem_is_refused(folder, spoiled, message):
    (folder / "theorems.json").write_text(spoiled)
    with pytest.raises(UserError, match=message):
        require_proved("lemma_8:lemma_8", folder)


def test_a_record_that_is_not_there_is_refused(folder):
    (folder / "theorems.json").unlink()
    with pytest.raises(UserError, match="cannot read"):
        require_proved("lemma_8:lemma_8", folder)


def test_a_proof_from_axioms_is_refused(folder):
    file = folder / "theorems.json"
    record = json.loads(file.read_text())
    assert record["theorems"]["lemma_8:lemma_8"]["assumptions"] == CLOSED
    record["theorems"]["lemma_8:lemma_8"]["assumptions"] = "Axioms: anything : False"
    file.write_text(json.dumps(record))
    with pytest.raises(UserError, match="rests on axioms"):
        require_proved("lemma_8:lemma_8", folder)
