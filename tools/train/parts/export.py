"""PyTorch to ONNX: the whole sequence, batch 1, the time axis open."""
import os
import warnings

import torch


def export(model, inputs, input_names, output_names, path):
    """Writes model(*inputs); dimension 1 of every input and output is time."""
    model.eval()
    axes = {name: {1: "time"} for name in input_names + output_names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, inputs, str(path), input_names=input_names, output_names=output_names,
                          dynamic_axes=axes, opset_version=13, do_constant_folding=True)
    return os.path.getsize(path)


def start(rest, x):
    """The initial state of a GRU on x [time, batch, feature]. Passed to the GRU, a buffer becomes a plain initializer of shape [1, 1, hidden];
    left to the GRU, it becomes a Shape-Gather-Concat-Expand chain in the exported graph."""
    return rest if torch.onnx.is_in_onnx_export() else rest.expand(1, x.shape[1], -1).contiguous()


class Members(torch.nn.Module):
    """The mean of what several say who were trained alike from different beginnings."""

    def __init__(self, members):
        super().__init__()
        self.members = torch.nn.ModuleList(members)

    def forward(self, *inputs):
        return sum(member(*inputs) for member in self.members) / len(self.members)


class Average:
    """Exponential average of a model's weights, with which it is scored."""

    def __init__(self, model, decay):
        self.model, self.decay, self.steps = model, decay, 0
        self.values = {k: v.clone() for k, v in model.state_dict().items()}

    def update(self):
        self.steps += 1
        d = min(self.decay, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for name, value in self.model.state_dict().items():
                if value.is_floating_point():  # not the counts of normalisations
                    self.values[name].mul_(d).add_(value, alpha=1 - d)

    def apply(self):
        self.model.load_state_dict(self.values)
