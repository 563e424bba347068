"""The files of the learned model: npz, without pickle, the same to the byte for the same numbers."""

import io
import zipfile
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mailbot.triage.sense import WATCHED


def packed(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    """An npz file that is the same to the byte for the same arrays: fixed order, fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for name, array in sorted(arrays.items()):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            box.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def in_bytes(matrix: NDArray[np.floating], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix in eight bits, with a scale for each of the vectors along an axis."""
    scale = np.maximum(np.abs(matrix).max(axis=axis, keepdims=True), 1e-9) / np.float32(127)
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)


def watch_file(vocabulary: Sequence[str], weights: NDArray[np.float64], bias: NDArray[np.float64]) -> bytes:
    """A watch as one npz file."""
    return packed({
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
        "flags": np.frombuffer("\n".join(WATCHED).encode(), np.uint8),
        "weights": weights.astype(np.float16),
        "bias": bias.astype(np.float32),
    })  # fmt: skip


NO_WATCH = watch_file(["p   "], np.zeros((1, len(WATCHED))), np.full(len(WATCHED), -9.0))
"""A watch that hears nothing."""
