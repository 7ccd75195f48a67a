"""SeqStream from Python, by ctypes: no package is needed, only libseqstream.so.

    model = Model("activity")
    stream = Stream(model)
    stream.push([39.25, 0.43, 22.75, 0.43, 33.75, 1.30])
    for said in stream: print(said["label"], said["score"])

The contract of every function is include/seqstream.h. SEQSTREAM_LIBRARY names the library, else libseqstream.so is looked up as the system does.
As a program: seqstream.py MODEL < readings.csv
"""

import ctypes
import json
import os
import sys

_ABI = 1
_OK, _REFUSED, _TOO_SMALL = 0, -8, -9
_u64, _size, _text = ctypes.c_uint64, ctypes.c_size_t, ctypes.c_char_p
_library = ctypes.CDLL(os.environ.get("SEQSTREAM_LIBRARY", "libseqstream.so"))


def _declare(name, *arguments, answer=ctypes.c_int32):
    function = getattr(_library, "seqstream_" + name)
    function.argtypes, function.restype = arguments, answer
    return function


_floats = ctypes.POINTER(ctypes.c_float)
_abi = _declare("abi", answer=ctypes.c_uint32)
_message = _declare("last_message", answer=_text)
_load = _declare("model_load", _text, _text, ctypes.POINTER(_u64))
_model_free = _declare("model_free", _u64)
_model_json = _declare("model_json", _u64, _text, _size, ctypes.POINTER(_size))
_session_create = _declare("session_create", _u64, ctypes.POINTER(_u64))
_session_free = _declare("session_free", _u64)
_session_step = _declare("session_step", _u64, _floats, _size, _floats, _size)
_stream_create = _declare("stream_create", _u64, ctypes.POINTER(_u64))
_stream_free = _declare("stream_free", _u64)
_stream_push = _declare("stream_push", _u64, _floats, _size, ctypes.c_double)
_stream_push_text = _declare("stream_push_text", _u64, _text, _size, ctypes.c_double)
_stream_end = _declare("stream_end", _u64)
_stream_poll_json = _declare("stream_poll_json", _u64, _text, _size, ctypes.POINTER(_size))


class SeqStreamError(Exception):
    """A call that failed: its code, and what was found, what was expected, what to do."""

    def __init__(self, code):
        super().__init__(_message().decode())
        self.code = code


def _check(answer):
    if answer < 0:
        raise SeqStreamError(answer)
    return answer


def _json(call, handle):
    needed, buffer = _size(), ctypes.create_string_buffer(512)
    answer = call(handle, buffer, len(buffer), ctypes.byref(needed))
    if answer == _TOO_SMALL:
        buffer = ctypes.create_string_buffer(needed.value)
        answer = call(handle, buffer, len(buffer), ctypes.byref(needed))
    _check(answer)
    return json.loads(buffer.raw[: needed.value]) if needed.value else None


class _Owned:
    """A handle that is freed with its object."""

    _free = None

    def __init__(self, create, *arguments):
        self._handle = _u64()
        _check(create(*arguments, ctypes.byref(self._handle)))

    def __del__(self):
        if getattr(self, "_handle", None):
            type(self)._free(self._handle)


class Model(_Owned):
    """A loaded model: a bundled name, a folder with a card.json, or an .onnx file."""

    _free = _model_free

    def __init__(self, name, folder=None):
        super().__init__(_load, name.encode(), folder.encode() if folder else None)
        self.description = _json(_model_json, self._handle)


class Session(_Owned):
    """A stream that is stepped by the model's own input, for models with one float32 input and one float32 output."""

    _free = _session_free

    def __init__(self, model):
        super().__init__(_session_create, model._handle)
        elements = 1
        for size in model.description["outputs"][0]["shape"]:
            elements *= size
        self._outputs = (ctypes.c_float * elements)()

    def step(self, features):
        """Makes a step; the outputs as a list."""
        values = (ctypes.c_float * len(features))(*features)
        _check(_session_step(self._handle, values, len(features), self._outputs, len(self._outputs)))
        return list(self._outputs)


class Stream(_Owned):
    """A stream that takes frames; iterate over it for what it said so far."""

    _free = _stream_free

    def __init__(self, model):
        super().__init__(_stream_create, model._handle)

    def push(self, numbers, time=float("nan")):
        """Feeds a row of numbers, or samples of sound."""
        _check(_stream_push(self._handle, (ctypes.c_float * len(numbers))(*numbers), len(numbers), time))

    def push_text(self, text, time=float("nan")):
        """Feeds a piece of running text."""
        data = text.encode()
        _check(_stream_push_text(self._handle, data, len(data), time))

    def end(self):
        """The sequence is complete."""
        _check(_stream_end(self._handle))

    def __iter__(self):
        while (said := _json(_stream_poll_json, self._handle)) is not None:
            yield said


if _abi() != _ABI:
    raise ImportError(f"libseqstream has interface version {_abi()}, expected {_ABI}")

if __name__ == "__main__":
    _stream = Stream(Model(sys.argv[1]))
    for _line in sys.stdin:
        _stream.push([float(number) for number in _line.split(",")])
        for _said in _stream:
            print(_said["label"], f"{_said['score']:.6f}", flush=True)
