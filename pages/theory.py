"""Read how attention works, chapter by chapter, beside figures that are computed while you watch."""

from attention.ui.theory import lab

lab.show()
