"""The protocol with a stand-in for the other environment: a script that answers or fails."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.verify.clips import Clip
from models.verify.errors import ReferenceFailedError, ReferenceMissingError
from models.verify.protocol import (
    PromptCase,
    Request,
    kept_reference,
    run_reference,
    write_request,
)
from models.verify.response import ResponseWriter, read_response
from tests.models_verify.samples import outputs

ANSWERING = """
import json, sys
from pathlib import Path
import numpy as np
from models.verify.response import ResponseWriter
from tests.models_verify.samples import outputs
folder = Path(sys.argv[1])
request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
writer = ResponseWriter(folder, request["implementation"], {"torch": "none"})
with np.load(folder / "clips.npz") as waveforms:
    for index, clip in enumerate(request["clips"]):
        writer.add(outputs(mel=waveforms[str(index)][None], text=f"{clip['language']} 松鼠"))
for case in request["prompt_cases"]:
    writer.add_prompt((len(case["context"]),))
writer.close()
"""
FAILING = "import sys\nprint('\\n'.join(map(str, range(99))), file=sys.stderr)\nsys.exit(7)\n"


def request(tmp_path: Path) -> Request:
    clips = (
        Clip(name="a", waveform=np.arange(3, dtype=np.float32)),
        Clip(name="b", waveform=np.ones(5, dtype=np.float32), context="c", language="French"),
    )
    return Request(
        implementation="official",
        checkpoint=tmp_path / "checkpoint",
        clips=clips,
        prompt_cases=(PromptCase(name="p", context="four"),),
    )


def command(tmp_path: Path, source: str) -> tuple[str, ...]:
    script = tmp_path / "script.py"
    script.write_text(f"import sys\nsys.path.insert(0, {str(Path.cwd())!r})\n{source}")
    return (sys.executable, str(script))


def test_run_reference_carries_clips_there_and_stages_back(tmp_path: Path) -> None:
    folder = tmp_path / "exchange"
    folder.mkdir()
    response = run_reference(request(tmp_path), command(tmp_path, ANSWERING), folder)
    first, second = response.outputs
    np.testing.assert_array_equal(first.mel, [[0, 1, 2]])
    assert second.mel.shape == (1, 5)
    assert second.text == "French 松鼠"
    assert (response.versions, response.prompts) == ({"torch": "none"}, ((4,),))


def test_run_reference_missing_environment_says_how_to_make_it(tmp_path: Path) -> None:
    missing = str(tmp_path / "bin" / "python")
    with pytest.raises(ReferenceMissingError, match=r"dev\.py verify") as caught:
        run_reference(request(tmp_path), (missing,), tmp_path)
    assert caught.value.implementation == "official"


def test_run_reference_failing_process_shows_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ReferenceFailedError, match="98") as caught:
        run_reference(request(tmp_path), command(tmp_path, FAILING), tmp_path)
    assert caught.value.exit_code == 7
    assert "\n50\n" not in str(caught.value)


def test_kept_reference_asks_once_for_the_same_question(tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    wanted = request(tmp_path)
    first = kept_reference(wanted, command(tmp_path, ANSWERING), keep, "weights")
    again = kept_reference(wanted, command(tmp_path, FAILING), keep, "weights")
    assert again.prompts == first.prompts
    assert [path.name.startswith("official-") for path in keep.iterdir()] == [True]


@pytest.mark.parametrize(
    "changed",
    [{"max_new_tokens": 3}, {"implementation": "native"}, {"clips": ()}, {"prompt_cases": ()}],
)
def test_kept_reference_another_question_is_asked(tmp_path: Path, changed: dict[str, Any]) -> None:
    keep = tmp_path / "keep"
    kept_reference(request(tmp_path), command(tmp_path, ANSWERING), keep, "weights")
    other = replace(request(tmp_path), **changed)
    with pytest.raises(ReferenceFailedError):
        kept_reference(other, command(tmp_path, FAILING), keep, "weights")
    with pytest.raises(ReferenceFailedError):
        kept_reference(request(tmp_path), command(tmp_path, FAILING), keep, "other weights")
    assert len(list(keep.iterdir())) == 1


def test_write_request_names_an_absolute_checkpoint(tmp_path: Path) -> None:
    write_request(request(tmp_path), tmp_path)
    data = json.loads((tmp_path / "request.json").read_text(encoding="utf-8"))
    assert Path(data["checkpoint"]).is_absolute()
    assert [clip["language"] for clip in data["clips"]] == [None, "French"]


def test_response_survives_the_files(tmp_path: Path) -> None:
    writer = ResponseWriter(tmp_path, "native", {"transformers": "5.23.0"})
    writer.add(outputs())
    writer.close()
    response = read_response(tmp_path)
    (found,) = response.outputs
    for name in ("mel", "hidden", "audio_embeds", "logits"):
        np.testing.assert_array_equal(getattr(found, name), getattr(outputs(), name))
    for name in ("prompt_ids", "token_ids", "raw_text", "language", "text"):
        assert getattr(found, name) == getattr(outputs(), name)
