"""MSR-Action3D: joints of a body by frame, made independent of where and how large the body is, and varied for training."""
import re
import zipfile

import numpy

ACTIONS = ["high arm wave", "horizontal arm wave", "hammer", "hand catch", "forward punch", "high throw", "draw x", "draw tick", "draw circle", "hand clap",
           "two hand wave", "side boxing", "bend", "forward kick", "side kick", "jogging", "tennis swing", "tennis serve", "golf swing", "pick up and throw"]
JOINTS, NECK, HIP, HZ = 20, 2, 6, 15


def read(path):
    """[(label, subject, joints [frame, 20, 3])] without the frames in which tracking was lost."""
    sequences = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            match = re.search(r"a(\d+)_s(\d+)_e\d+_skeleton3D\.txt$", name)
            if match:
                rows = numpy.array(archive.read(name).decode("ascii").split(), float).reshape(-1, JOINTS, 4)[:, :, :3]
                rows = rows[(rows != 0).any((1, 2))]
                sequences.append((int(match[1]) - 1, int(match[2]), rows))
    return sequences


def normalised(joints):
    """Joints [frame, 20, 3] from the first frame's hip centre, in lengths of its torso. The C# twin is BodyPlace."""
    x, y, z = joints[0, NECK] - joints[0, HIP]
    length = numpy.sqrt(x * x + y * y + z * z)
    return (joints - joints[0, HIP]) / length


def varied(joints, rng, turn=0.25, lean=0.05, size=0.1, stretch=0.08, warp=0.25, jitter=0.01, shake=0.02):
    """Another person doing the same [frame, 20, 3]: turned round the vertical, taller, slower here and faster there, measured with noise."""
    a, b = rng.normal(0, turn), rng.normal(0, lean)
    turned = numpy.array([[numpy.cos(a), 0, numpy.sin(a)], [0, 1, 0], [-numpy.sin(a), 0, numpy.cos(a)]])
    leaned = numpy.array([[1, 0, 0], [0, numpy.cos(b), -numpy.sin(b)], [0, numpy.sin(b), numpy.cos(b)]])
    joints = joints @ (turned @ leaned) * (1 + rng.normal(0, size)) * (1 + rng.normal(0, stretch, 3))
    limbs = joints - joints[:, HIP:HIP + 1]
    joints = joints + limbs * rng.normal(0, 0.05, (1, JOINTS, 1))
    return noisy(warped(joints, rng, warp), rng, jitter, shake)


def noisy(joints, rng, jitter, shake):
    return joints + rng.normal(0, shake, (1, JOINTS, 3)) + rng.normal(0, jitter, joints.shape)


def warped(joints, rng, warp):
    """The movement at another and changing speed, beginning and ending a little earlier or later."""
    length = len(joints)
    frames = max(8, int(round(length * numpy.exp(rng.normal(0, warp)))))
    knots = numpy.exp(rng.normal(0, warp, 5))
    pace = numpy.interp(numpy.linspace(0, 4, frames), numpy.arange(5), knots).cumsum()
    first, last = rng.uniform(0, 0.06) * (length - 1), (1 - rng.uniform(0, 0.06)) * (length - 1)
    at = first + (last - first) * (pace - pace[0]) / (pace[-1] - pace[0])
    low = numpy.clip(at.astype(int), 0, length - 2)
    part = (at - low)[:, None, None]
    return joints[low] * (1 - part) + joints[low + 1] * part


STANDING = numpy.array([  # joints of a body in metres: x to its left, y up, z away from the camera
    [-0.17, 0.37, 0], [0.17, 0.37, 0], [0, 0.41, 0], [0, 0.2, 0], [-0.09, -0.01, 0], [0.09, -0.01, 0], [0, 0, 0], [-0.25, 0.11, 0], [0.25, 0.11, 0], [-0.26, -0.13, 0],
    [0.26, -0.13, 0], [-0.26, -0.2, 0], [0.26, -0.2, 0], [-0.1, -0.45, 0], [0.1, -0.45, 0], [-0.11, -0.85, 0.03], [0.11, -0.85, 0.03], [-0.12, -0.9, -0.1], [0.12, -0.9, -0.1], [0, 0.62, 0]])


def made_up(seed, frames=24):
    """Joints [frame, 20, 3] of a body that stands somewhere and moves its limbs in waves; nobody did this."""
    rng = numpy.random.default_rng(seed)
    t = numpy.arange(frames) / HZ
    swing = rng.normal(0, 0.12, (JOINTS, 3)) * numpy.abs(STANDING).sum(1, keepdims=True)
    waves = numpy.sin(2 * numpy.pi * (rng.uniform(0.5, 1.5, (JOINTS, 1)) * t + rng.uniform(0, 1, (JOINTS, 1))))  # [joint, frame]
    return STANDING * rng.uniform(0.9, 1.1) + rng.uniform([-0.5, -0.2, 2], [0.5, 0.2, 3]) + swing * waves.T[:, :, None]


def waving(frames):
    """Joints [frame, 20, 3] of a body that raises both arms and waves: made by hand, not measured."""
    poses = numpy.repeat(STANDING[None], frames, 0)
    t = numpy.arange(frames) / frames
    raised = 0.15 + 2.2 * numpy.clip((t - 0.1) / 0.25, 0, 1) * numpy.clip((1 - t) / 0.15, 0, 1)  # angle of the upper arm from hanging down
    bent = raised + numpy.where((t > 0.3) & (t < 0.88), 0.45 + 0.6 * numpy.sin(2 * numpy.pi * 4 * (t - 0.3)), 0.05)
    for shoulder, elbow, wrist, hand, out in ((0, 7, 9, 11, -1), (1, 8, 10, 12, 1)):
        for joint, before, length, angle in ((elbow, shoulder, 0.27, raised), (wrist, elbow, 0.24, bent), (hand, wrist, 0.07, bent)):
            poses[:, joint] = poses[:, before] + length * numpy.stack([out * numpy.sin(angle), -numpy.cos(angle), -0.15 * numpy.sin(angle)], 1)
    return poses + [0, 0, 2.5]
