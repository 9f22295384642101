"""A key picked at the start opens a treasure at the end, past many apples: and then the treasure turns bad.

The conveyor of Meulemans et al. (2023): in the first of ``length`` steps there is a key, on the way an apple at the left or the
right of four steps in five, in the last step a treasure for those with the key. An apple is worth 0.1 or 0.9 by chance, the
treasure 0.2, all times 23/length. In the switched task the treasure is worth −0.2 from half time on. The agent sees where it
is and whether it has the key. Channels: the treasure, the apples. The score is the chance of doing right by the key.

    python examples/agents/key_to_door.py         # the tables of docs/agents.md, half an hour on two cores
"""

import numpy as np
from lab import Played, drawn, table


class KeyToDoor:
    """Acts: pick the key, pick left, pick right, open the door."""

    unit, more_is_better, channels, actions, batch = "right choice of the key, of 0.25 by chance", True, 2, 4, 16

    def __init__(self, length, switch=False, episodes=4096):
        self.length, self.switch, self.batches = length, switch, episodes // self.batch
        self.features = self.states = 2 * length

    def begin(self, rng):
        chances = [0.2, 0.4, 0.4]
        self.apples = np.zeros(self.length, np.int64)
        self.apples[1:-2] = rng.choice(3, self.length - 3, p=chances)

    def play(self, policy, rng, number):
        b, t, unit = self.batch, self.length, 23.0 / self.length
        first, chances = policy.act(np.zeros((b, 1), np.int64), rng)
        key = first == 0
        states = 2 * np.arange(t) + key[:, None]
        states[:, 0] = 0
        all_chances = policy.chances(states[:, :, None])
        actions = drawn(all_chances, rng)
        actions[:, 0] = first
        turned = self.switch and number >= self.batches // 2
        rewards = np.zeros((b, t, 2))
        rewards[:, -1, 0] = np.where(key, -0.2 * unit if turned else 0.2 * unit, 0.0)
        picked = (self.apples > 0) & (actions == self.apples)
        rewards[:, :, 1] = picked * rng.choice([0.1, 0.9], (b, t)) * unit
        score = 1.0 - chances[:, 0] if turned else chances[:, 0]
        return Played(states[:, :, None], states, actions, all_chances, rewards, np.zeros(b, int), picked >= 0, score)


TASKS = [(f"length {n}", KeyToDoor(n)) for n in (20, 40, 60, 100)]
TASKS += [("switched, length 43", KeyToDoor(43, True))]

if __name__ == "__main__":
    table(TASKS, __doc__)
