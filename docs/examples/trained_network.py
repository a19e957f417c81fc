"""Trained networks: which pooling leaves them most vulnerable, on handwritten digits.

The experiment beside this file trains six small networks in seconds. `sqrtd.train("figure-3")`
does the same with the paper's networks, in a minute.
"""

from pathlib import Path

import sqrtd

EXPERIMENT = Path(__file__).with_name("trained_network.toml")

if __name__ == "__main__":
    trained = sqrtd.train(EXPERIMENT)
    print(trained)

    for row in sorted(trained.records(), key=lambda row: row["vulnerability"]):
        print(
            f"{row['network']}: accuracy {row['accuracy']:.0%}, and FGSM changes the class of "
            f"{row['vulnerability']:.0%} of the images"
        )

    trained.plot().figure.savefig("trained_network.png")
