using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Poses;

/// <summary>What a <see cref="SkeletonFrontEnd"/> writes.</summary>
/// <param name="Channels">Numbers of a frame without confidences: three for each joint.</param>
/// <param name="Hip">Index of the joint between the hips, from 0.</param>
/// <param name="Neck">Index of the joint at the neck.</param>
/// <param name="Back">Frames over which differences are taken.</param>
/// <param name="Gains">Factors: of the limbs, of the hip's place, and of the differences of each of <paramref name="Back"/>.</param>
/// <param name="Port">The input of the features, float32.</param>
public sealed record SkeletonOptions(int Channels, int Hip, int Neck, ImmutableArray<int> Back, ImmutableArray<float> Gains, int Port)
{
    private const int MostBack = 64;

    /// <summary>Joints of a body.</summary>
    public int Joints => Channels / 3;

    /// <summary>Numbers of one pose: the limbs and the place of the hip.</summary>
    public int PoseNumbers => Channels + 3;

    /// <summary>Numbers of a step: a pose, and its difference to each earlier one.</summary>
    public int Features => PoseNumbers * (1 + Back.Length);

    /// <summary>Reads <c>channels</c>, <c>hip</c>, <c>neck</c>, <c>back</c>, <c>gains</c> and <c>input</c> (a name; default: the only input).</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static SkeletonOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int channels = (int)card.Whole("channels", 6, 3072);
        if (channels % 3 != 0) throw card.Refuse("channels", string.Create(CultureInfo.InvariantCulture, $"found {channels}, expected three numbers for each joint."));
        int hip = (int)card.Whole("hip", 0, (channels / 3) - 1);
        int neck = (int)card.Whole("neck", 0, (channels / 3) - 1);
        if (hip == neck) throw card.Refuse("neck", string.Create(CultureInfo.InvariantCulture, $"found {neck}, the joint of 'hip' too; expected two joints."));
        ImmutableArray<int> back = [.. card.Numbers("back").Select(frames => frames is >= 1 and <= MostBack && frames == (int)frames
            ? (int)frames
            : throw card.Refuse("back", string.Create(CultureInfo.InvariantCulture, $"found {frames}, expected whole numbers of frames from 1 to {MostBack}.")))];
        SkeletonOptions options = new(channels, hip, neck, back, card.Numbers("gains", 2 + back.Length), 0);
        return options with { Port = PortFit.Require(card, signature, card.Text("input", ""), ElementType.Float32, options.Features) };
    }
}
