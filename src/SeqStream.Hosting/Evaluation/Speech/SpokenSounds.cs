namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>
/// Test sounds made of recordings, always the same ones: words with pauses in a room with noise, all drawn from <see cref="SplitMix64"/>. The twin of
/// <c>tools/train/parts/fsdd.py</c>, which makes the same samples.
/// </summary>
internal static class SpokenSounds
{
    private const int Voices = 8;      // that babble
    private const int NoiseWidth = 8;  // samples over which low noise is summed, twice

    /// <summary>Strings of 3 to 7 words of one speaker, speakers in turn.</summary>
    public static IEnumerable<SpokenSound> Strings(SpokenWord[] words, int count)
    {
        string[] speakers = [.. words.Select(static word => word.Speaker).Distinct().Order(StringComparer.Ordinal)];
        for (int number = 0; number < count; number++)
        {
            SplitMix64 draw = new((ulong)(number + 1) << 32);
            string speaker = speakers[number % speakers.Length];
            SpokenWord[] own = [.. words.Where(word => word.Speaker == speaker)];
            SpokenWord[] said = new SpokenWord[3 + draw.Below(5)];
            for (int i = 0; i < said.Length; i++) said[i] = own[draw.Below(own.Length)];
            yield return Joined(draw, said, (0.1, 0.5), (0.05, 0.4), (0.2, 0.5), null);
        }
    }

    /// <summary>Each recording alone, after a second with or without a sound that is no speech, with noise or babble: all of them once, then all again in other rooms and noise, as often as told.</summary>
    public static IEnumerable<SpokenSound> Singles(SpokenWord[] words, int times)
    {
        for (int number = 0; number < times * words.Length; number++)
        {
            SplitMix64 draw = new((ulong)(number + 1) << 32);
            yield return Joined(draw, [words[number % words.Length]], (0.8, 1.2), (0, 0), (0.6, 0.8), words);
        }
    }

    private static SpokenSound Joined(SplitMix64 draw, SpokenWord[] words, (double, double) lead, (double, double) pause, (double, double) tail, SpokenWord[]? others)
    {
        double[] before = new double[Samples(draw, lead)];
        if (others is not null) Disturb(draw, before);
        List<double> clean = [.. before];
        (int Start, int End)[] spans = new (int, int)[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (i > 0) clean.AddRange(new double[Samples(draw, pause)]);
            double gain = draw.Number(0.5, 1);
            spans[i] = (clean.Count, clean.Count + words[i].Samples.Length);
            foreach (double sample in words[i].Samples) clean.Add(sample * gain);
        }
        clean.AddRange(new double[Samples(draw, tail)]);
        double spoken = spans.Sum(span => Energy(clean, span.Start, span.End)) / spans.Sum(static span => span.End - span.Start);
        double[] sound = new Room(draw).Apply([.. clean]);
        double[] noise = Noise(draw, sound.Length, others);
        double level = Math.Sqrt(spoken / (Energy(noise, 0, noise.Length) / noise.Length)) * Math.Pow(10, -draw.Number(15, 40) / 20);
        double loudest = 0;
        for (int i = 0; i < sound.Length; i++)
        {
            sound[i] += noise[i] * level;
            loudest = Math.Max(loudest, Math.Abs(sound[i]));
        }
        double scale = draw.Number(0.1, 0.9) / loudest;
        return new SpokenSound([.. sound.Select(sample => (short)Math.Round(sample * scale * 32767))], [.. words.Select(static word => word.Digit)], spans);
    }

    /// <summary>Puts nothing, a tone or clicks into the first half of a silence.</summary>
    private static void Disturb(SplitMix64 draw, double[] silence)
    {
        int kind = draw.Below(3), half = silence.Length / 2;
        if (kind == 1)
        {
            int length = Math.Min(Samples(draw, (0.05, 0.3)), half);
            double turns = draw.Number(200, 2500) / SpokenWords.RateHz, level = draw.Number(0.1, 0.8);
            for (int i = 0; i < length; i++) silence[i] += level * Math.Sin(2 * Math.PI * turns * i);
        }
        if (kind != 2) return;
        for (int left = 1 + draw.Below(4); left > 0; left--)
        {
            int at = draw.Below(half);
            double level = draw.Number(0.2, 1);
            silence[at] += level;
            silence[at + 1] -= level;
        }
    }

    /// <summary>White noise, low noise, or babble of backward words.</summary>
    private static double[] Noise(SplitMix64 draw, int count, SpokenWord[]? others)
    {
        int kind = draw.Below(others is null ? 2 : 3);
        if (kind == 2) return Babble(draw, count, others!);
        double[] noise = new double[count + 2 * (NoiseWidth - 1)];
        for (int i = 0; i < noise.Length; i++) noise[i] = draw.Noise();
        return kind == 1 ? Summed(Summed(noise)) : noise[..count];
    }

    private static double[] Babble(SplitMix64 draw, int count, SpokenWord[] others)
    {
        double[] babble = new double[count];
        for (int voice = 0; voice < Voices; voice++)
        {
            int at = -draw.Below(4000);
            while (at < count)
            {
                double[] word = others[draw.Below(others.Length)].Samples;
                for (int i = Math.Max(at, 0); i < Math.Min(at + word.Length, count); i++) babble[i] += word[^(i - at + 1)];
                at += word.Length;
            }
        }
        for (int i = 0; i < count; i++) babble[i] += 0.001 * draw.Noise();
        return babble;
    }

    private static double[] Summed(double[] noise)
    {
        double[] sums = new double[noise.Length + 1];
        for (int i = 0; i < noise.Length; i++) sums[i + 1] = sums[i] + noise[i];
        double[] summed = new double[noise.Length - NoiseWidth + 1];
        for (int i = 0; i < summed.Length; i++) summed[i] = sums[i + NoiseWidth] - sums[i];
        return summed;
    }

    private static double Energy(IReadOnlyList<double> samples, int from, int to)
    {
        double energy = 0;
        for (int i = from; i < to; i++) energy += samples[i] * samples[i];
        return energy;
    }

    private static int Samples(SplitMix64 draw, (double Low, double High) seconds) => (int)(draw.Number(seconds.Low, seconds.High) * SpokenWords.RateHz);
}
