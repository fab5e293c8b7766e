"""The golden samples against the contracts, the envelope, and an independent reader of CloudEvents."""

from itertools import groupby
from types import SimpleNamespace

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.events.contracts import registry
from shared.events.envelope import encode_batch
from shared.messaging.dead_letters import key_of
from tests.contracts.samples import TYPES, sample, sample_bytes, story


def test_every_contract_has_a_sample_and_every_sample_a_contract() -> None:
    contracts = {contract.type for contract in registry.contracts()}
    assert not contracts - set(TYPES), "contracts without a golden sample in tests/contracts/samples/"
    assert not set(TYPES) - contracts, "golden samples of no known contract: keep them, and register an upcast"


@pytest.mark.parametrize("type_", TYPES)
def test_the_envelope_we_write_is_the_sample(type_: str) -> None:
    (written,) = orjson.loads(encode_batch([sample(type_)]))
    assert written == orjson.loads(sample_bytes(type_))
    assert sample(type_).type == type_


@pytest.mark.parametrize("type_", TYPES)
def test_a_sample_tells_the_whole_contract_and_no_more(type_: str) -> None:
    assert sample(type_).data.keys() == registry.contract(type_).schema.fields.keys()


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_read_from_a_sample_is_stated_again_the_same(type_: str) -> None:
    event = sample(type_)
    happened = SimpleNamespace(**registry.read(event).data)
    assert registry.fact(type_, happened) == (type_, event.data)


def test_the_samples_tell_each_aggregates_story_without_gaps() -> None:
    events = sorted(story(), key=lambda event: (key_of(event), event.sequence))
    for key, of_one in groupby(events, key=key_of):
        assert [event.sequence for event in of_one] == list(range(1, len(TYPES) + 1))[: _count(key)], key
    places = [(event.time, event.sequence) for event in events]
    assert len(set(places)) == len(places), "two samples at the same place of the story: give one another time"


@pytest.mark.parametrize("type_", TYPES)
def test_another_reader_of_cloudevents_agrees_on_every_attribute(type_: str) -> None:
    event = sample(type_)
    ours = encode_batch([event])[1:-1]
    theirs = JSONFormat().read(CloudEvent, ours)
    assert theirs.get_attributes() | {"time": event.time} == _attributes(ours) | {"time": event.time}
    assert (theirs.get_time(), theirs.get_data()) == (event.time, event.data)
    assert orjson.loads(JSONFormat().write(theirs)) | {"time": 0} == orjson.loads(ours) | {"time": 0}


def _attributes(wire: bytes) -> dict[str, object]:
    return {name: value for name, value in orjson.loads(wire).items() if name != "data"}


def _count(key: str) -> int:
    return sum(key_of(event) == key for event in story())
