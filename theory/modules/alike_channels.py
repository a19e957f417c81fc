"""stub"""
import numpy as np
def alike_neurons(layers, bounds):
    return np.arange(bounds[-1])
