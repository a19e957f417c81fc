"""One neuron with many inputs: Section 3.1."""
