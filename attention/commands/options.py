"""Options that several commands have in common, each worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Write JSON and nothing else.")]
Threads = Annotated[int, typer.Option("--threads", min=1, help="Processor threads.")]
Model = Annotated[str, typer.Option("--model", help="A shipped model's name, or a checkpoint folder.")]
# the attention of an answer
Temperature = Annotated[
    float | None, typer.Option("--temperature", help="Divides the attention scores; above 0, 1 changes nothing.")
]
Normaliser = Annotated[
    str | None, typer.Option("--normaliser", help="softmax, sparsemax, entmax15, hardmax or uniform.")
]
# a training: the fields of RunSettings
RunFolder = Annotated[Path, typer.Option("--out", help="The run's folder; an unfinished run in it goes on.")]
Minutes = Annotated[float, typer.Option("--max-minutes", help="How long to train, validation included.")]
Rate = Annotated[float, typer.Option(help="Highest learning rate.")]
Warmup = Annotated[int, typer.Option(min=1, help="Steps until the highest learning rate.")]
Hold = Annotated[float, typer.Option(min=0.0, max=0.99, help="Share of the time before the rate falls.")]
FinalRate = Annotated[float, typer.Option(min=0.0, max=1.0, help="Last rate, as a share of the highest.")]
Decay = Annotated[float, typer.Option(min=0.0, help="AdamW's weight decay.")]
Clip = Annotated[float, typer.Option(help="Longest gradient.")]
Average = Annotated[float, typer.Option(min=0.0, max=1.0, help="Decay of the parameters' moving average.")]
Validate = Annotated[float, typer.Option(help="Minutes between validations.")]
Save = Annotated[float, typer.Option(help="Minutes between saved states.")]
Seed = Annotated[int, typer.Option(help="Of the first parameters, the batches and dropout.")]
Precision = Annotated[str, typer.Option(help="auto, bf16, fp16 or no.")]
Dropout = Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of features dropped in training.")]
# a release
Run = Annotated[Path, typer.Option("--run", help="The folder that `train` filled; its best checkpoint is taken.")]
Name = Annotated[str, typer.Option("--name", help="What the model will be called.")]
Shipped = Annotated[Path | None, typer.Option("--out", help="Where its folder goes; among the shipped models.")]
Storage = Annotated[str, typer.Option(help="int8 (rows with a scale each) or float16.")]
Machine = Annotated[str, typer.Option(help="What it was trained on, for the card.")]
Note = Annotated[str, typer.Option(help="What else happened while it trained, for the card.")]
