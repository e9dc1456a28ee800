"""Tests of the training program. Run with pytest in this folder."""

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from tiny import corpus, evaluate, export, ngram, questions, stories, talk, tokens, train
from tiny.model import Shape, TinyDbrx
from tiny.muon import Muon

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "dbrx-onnx/src/test/resources/golden/nano-f32"
TOKENIZER = ROOT / "dbrx-tokenizer/src/test/resources/dev/dbrx4j/tokenizer"
SHAPE = Shape(d_model=32, n_heads=2, kv_n_heads=1, n_layers=2, ffn_hidden_size=16, max_seq_len=64)


@pytest.fixture(scope="module", autouse=True)
def ranks():
    tokens.load(TOKENIZER / "cl100k_base.tiktoken")


def test_logits_are_those_of_the_reference():
    model, _used = export.read(GOLDEN)
    golden = json.loads((GOLDEN / "golden.json").read_text())
    for prompt in golden["prompts"]:
        logits = model.logits(torch.tensor([prompt["input_ids"]]))[0, -1]
        expected = np.fromfile(GOLDEN / prompt["last_logits"]["file"], "<f4")
        np.testing.assert_allclose(logits.detach().numpy(), expected, atol=1e-3)


def test_conversations_are_rendered_as_the_template_does():
    compared = 0
    for line in (TOKENIZER / "chat.jsonl").read_text().splitlines():
        case = json.loads(line)
        roles, contents = zip(*((message["role"], message["content"]) for message in case["messages"]))
        turns = list(zip(contents[1::2], contents[2::2]))
        system = contents[0].strip()
        if turns and system and roles == ("system", *("user", "assistant") * len(turns)) and not case["add_generation_prompt"]:
            assert [token for token, _ in corpus.chat(system, turns)[:-1]] == case["ids"]
            compared += 1
    assert compared > 0


def test_a_checkpoint_is_read_back_as_it_was_written(tmp_path):
    model = TinyDbrx(SHAPE, used=10)
    used = np.array([3, 5, 8, 100, 1000, 5000, 100257, 100278, 100279, 100300], np.int32)
    export.write(model, used, tmp_path)
    again, used_again = export.read(tmp_path)
    assert used_again.tolist() == used.tolist()
    for name, parameter in again.named_parameters():
        assert torch.equal(parameter, model.get_parameter(name).bfloat16().float()), name


def test_softmax_over_the_used_ids_is_that_over_all(tmp_path):
    model = TinyDbrx(SHAPE, used=10).bfloat16().float()
    head = export.checkpoint(model, np.arange(10))["lm_head.weight"].float()
    hidden = model.hidden(torch.arange(10)[None])[0][0]
    short = (model.lm_head(hidden) + model.multiplicity).softmax(dim=-1)
    full = (hidden @ head.T).softmax(dim=-1)
    torch.testing.assert_close(short[:, :10], full[:, :10])


def test_chunked_loss_and_its_gradients_are_those_of_autograd(trainer):
    trainer = trainer()
    inputs, targets, weights = trainer.batch()
    hidden, _ = trainer.model.hidden(inputs)
    hidden = hidden.detach().flatten(0, 1).requires_grad_()
    logits = trainer.model.lm_head(hidden) + trainer.model.multiplicity
    expected = (torch.nn.functional.cross_entropy(logits, targets.flatten(), reduction="none") * weights.flatten()).sum()
    expected_gradients = torch.autograd.grad(expected, [hidden, trainer.model.lm_head.weight])
    loss, *gradients = trainer.language_loss(hidden.detach(), targets.flatten(), weights.flatten())
    assert loss == pytest.approx(float(expected.detach()), rel=1e-5)
    for gradient, expected_gradient in zip(gradients, expected_gradients):
        torch.testing.assert_close(gradient, expected_gradient)


def test_an_interrupted_training_goes_on_exactly(trainer, tmp_path):
    through, first, second = trainer(), trainer(), trainer()
    for _ in range(4):
        through.advance()
    for _ in range(2):
        first.advance()
    first.save(tmp_path / "checkpoint.pt")
    second.resume(tmp_path / "checkpoint.pt")
    for _ in range(2):
        second.advance()
    for parameter, expected in zip(second.model.parameters(), through.model.parameters()):
        assert torch.equal(parameter, expected)


def test_a_document_of_a_block_sees_no_other(trainer):
    trainer = trainer()
    ids = trainer.batch()[0][:1]
    cut = int((ids[0] == trainer.end_of_text).nonzero()[0]) + 1
    together = trainer.model.hidden(ids, trainer.mask(ids))[0]
    alone = trainer.model.hidden(ids[:, cut:], trainer.mask(ids[:, cut:]))[0]
    torch.testing.assert_close(together[:, cut:], alone, atol=1e-4, rtol=1e-4)


def test_matrices_grow_no_further_than_the_inverse_of_the_decay():
    matrix = torch.nn.Parameter(torch.randn(24, 16))
    optimizer = Muon([matrix], lr=0.1, decay=0.5)
    always = torch.randn(24, 16)
    for _ in range(400):
        matrix.grad = always.clone()
        optimizer.step()
    norm = float(torch.linalg.matrix_norm(matrix.detach(), 2))
    # Three rounds of the iteration leave singular values of 0.7 to 1.2; a tall matrix's are larger by the root of its proportion.
    assert 0.6 < norm * 0.5 / (24 / 16) ** 0.5 < 1.3


def test_blocks_cut_no_conversation():
    random = Random(5)
    lengths = [random.randint(3, corpus.BLOCK) for _ in range(200)]
    documents = iter([[(1, 0)] * (length - 1) + [(tokens.END_OF_TEXT, 0)] for length in lengths])
    ids = [token for token, _ in corpus.blocks(lambda _: next(documents))(random)]
    for start in range(0, corpus.ROW, corpus.BLOCK):
        assert ids[start + corpus.BLOCK - 1] == tokens.END_OF_TEXT


def test_an_answer_is_written_if_the_greedy_one_is_the_same():
    speaker = evaluate.Speaker(TinyDbrx(SHAPE, used=10), np.array([3, 5, 8, 100, 1000, 5000, 100257, 100278, 100279, 100300]))
    prompt = [100278, 5, 8]
    written = speaker.answers([prompt], limit=6)[0]
    assert speaker.would_write(prompt, written)
    assert not speaker.would_write(prompt, [*written[:-1], 3 if written[-1] != 3 else 5])


@pytest.fixture
def trainer(tmp_path, monkeypatch):
    """Makes trainers of a small model on two short rows of random documents."""
    numbers = np.random.default_rng(7)
    used = np.array([3, 5, 8, 100, 1000, 5000, 100257, 100278, 100279, 100300], np.int32)
    np.save(tmp_path / "used.npy", used)
    ids = numbers.integers(0, len(used), (6, 65)).astype(np.uint16)
    np.savez(tmp_path / "train.npz", ids=ids, weights=numbers.integers(0, 2, ids.shape).astype(np.uint8) * 10)
    monkeypatch.setattr(train, "Shape", lambda: SHAPE)
    options = ["train", "--corpus", str(tmp_path), "--context", "32", "--threads", "2", "--steps", "100"]
    monkeypatch.setattr("sys.argv", options)
    return lambda: train.Trainer(train.parse())


@pytest.mark.parametrize("kind", questions.KINDS)
def test_held_out_questions_are_never_trained_on(kind):
    random = Random(1)
    trained = {questions.ask(random, name=kind).text for _ in range(300)}
    held_out = {questions.ask(random, held_out=True, name=kind).text for _ in range(30)}
    assert not trained & held_out


def test_no_held_out_sum_is_worked_out_in_training():
    random = Random(1)
    for kind in ("sums", "sum_stories", "differences"):
        held_out = {questions.ask(random, held_out=True, name=kind).answer for _ in range(200)}
        assert not held_out & {questions.ask(random, name=kind).answer for _ in range(1000)}


def test_stories_have_no_open_slots_or_choices():
    random = Random(2)
    for _ in range(500):
        assert not set("[]{}|/?¶") & set(stories.story(random).replace('?"', "")), "unresolved grammar"


def test_every_turn_has_an_answer():
    random = Random(3)
    for _ in range(2000):
        _, turns = talk.conversation(random, "default")
        assert turns and all(user and assistant for user, assistant in turns)


def test_ngram_probabilities_add_up_to_one():
    rows = np.random.default_rng(4).integers(0, 5, (20, 50))
    grams = ngram.NGrams(rows, 3, 5)
    continuations = np.array([[1, 2, token] for token in range(5)])
    assert grams.probabilities(continuations)[:, -1].sum() == pytest.approx(1)
