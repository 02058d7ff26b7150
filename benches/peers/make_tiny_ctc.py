"""Writes the small CTC model that the tests load: one convolution over samples, logits of five labels.

    python make_tiny_ctc.py tiny-ctc.onnx

Input [1, T] at 16 kHz; output [1, (T - 400) // 320 + 1, 5]. The weights come from a fixed formula. CC0-1.0.
"""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH, STRIDE, LABELS = 400, 320, 5
n = np.arange(LABELS * WIDTH, dtype=np.int64)
# Halves, so that the file is small, turned into floats by the graph.
weights = (((n * 2654435761) % 4093) / 4093 - 0.5).astype(np.float16).reshape(LABELS, 1, WIDTH)
axes = numpy_helper.from_array(np.array([1], dtype=np.int64), "axes")
graph = helper.make_graph(
    [
        helper.make_node("Cast", ["half"], ["kernel"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["input_values", "axes"], ["channels"]),
        helper.make_node("Conv", ["channels", "kernel", "bias"], ["convolved"], strides=[STRIDE], kernel_shape=[WIDTH]),
        helper.make_node("Tanh", ["convolved"], ["bounded"]),
        helper.make_node("Transpose", ["bounded"], ["logits"], perm=[0, 2, 1]),
    ],
    "tiny-ctc",
    [helper.make_tensor_value_info("input_values", TensorProto.FLOAT, ["batch", "samples"])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "frames", LABELS])],
    [
        axes,
        numpy_helper.from_array(weights, "half"),
        numpy_helper.from_array(np.linspace(-0.2, 0.2, LABELS, dtype=np.float32), "bias"),
    ],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="sprog tests")
model.ir_version = 8
onnx.checker.check_model(model)
onnx.save(model, sys.argv[1])
