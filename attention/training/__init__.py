"""One way to train every model: the loop, its runs on disk, and the checkpoints that come out."""
