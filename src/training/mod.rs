//! Training: the loop, the optimiser, checkpoints and devices. It knows nothing of windows.
