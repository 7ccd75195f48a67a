using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Benchmarking;
using SeqStream.Hosting.Catalog;
using SeqStream.Ort;
using SeqStream.Weights;

namespace SeqStream.Cli.Verbs;

/// <summary><c>bench MODEL</c> and <c>bench cells</c>: what a step costs.</summary>
internal static class BenchVerb
{
    private const string Cells = "cells";
    private static readonly ModelOptions s_model = new(comparesWeights: true);
    private static readonly OutputOptions s_output = new();
    private static readonly Option<int[]> s_batch = new("--batch") { Description = "Lanes of a step; several for a row each.", DefaultValueFactory = static _ => [1], AllowMultipleArgumentsPerToken = true, HelpName = "N..." };
    private static readonly Option<int> s_streams = new("--streams") { Description = "Live streams that the batches move through; 0 for as many as the batch.", DefaultValueFactory = static _ => 0, HelpName = "N" };
    private static readonly Option<int> s_rounds = new("--rounds") { Description = "Interleaved rounds; the figure is their median.", DefaultValueFactory = static _ => 5, HelpName = "N" };
    private static readonly Option<string?> s_peer = new("--peer") { Description = "Whom to time beside it: onnxruntime.", HelpName = "onnxruntime" };

    public static Command Create()
    {
        Command verb = new("bench", "Time the steps of a model, or with 'cells' of LSTM and GRU at the standard sizes. Peers run in the same rounds.");
        s_peer.AcceptOnlyFromAmong("onnxruntime");
        s_batch.Validators.Add(static result =>
        {
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
            {
                if (int.TryParse(token.Value, CultureInfo.InvariantCulture, out int batch) && batch is < 1 or > 4096) result.AddError($"--batch is {batch}; expected 1 to 4096.");
            }
        });
        s_model.AddTo(verb);
        foreach (Option option in new Option[] { s_batch, s_streams, s_rounds, s_peer }) verb.Options.Add(option);
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        StepBench bench = new()
        {
            Forms = FormsOf(parsed),
            Batches = parsed.GetValue(s_batch)!,
            Streams = parsed.GetValue(s_streams),
            Rounds = Math.Max(1, parsed.GetValue(s_rounds)),
            Peer = parsed.GetValue(s_peer) is null ? null : OrtLibrary.Load(),
            Progress = Terminal.HasProgress && !s_output.Quiet(parsed) ? static text => Console.Error.Write($"\r\u001b[K{text}") : null,
        };
        IReadOnlyList<BenchRow> rows = s_model.Threads(parsed) == 1 ? Time(bench, parsed) : TimeOnThreads(bench, parsed, s_model.Threads(parsed));
        bench.Progress?.Invoke("");
        if (s_output.Json(parsed)) JsonOutput.Write(json => WriteJson(json, rows));
        else WriteTable(rows);
        return ExitCode.Ok;
    }

    private static List<BenchRow> Time(StepBench bench, ParseResult parsed)
    {
        if (s_model.Model(parsed) == Cells) return [.. bench.RunCells()];
        ModelLoadOptions load = s_model.LoadOptions(parsed);
        if (s_model.Weights(parsed).IsEmpty)
        {
            using LoadedModel model = ModelLoader.Load(s_model.Resolve(parsed), load);
            WeightForm form = model.Lowering.Plan?.SmallForms is [{ } small, ..] ? small : WeightForm.Float32;
            return [.. bench.RunModel([(form, model.Executors)], model.Card.Name, model.Lowering, model.Reference.ModelPath)];
        }
        List<(WeightForm Form, LoadedModel Model)> loaded = [];
        try
        {
            foreach (WeightForm form in FormsOf(parsed).Prepend(WeightForm.Float32)) loaded.Add((form, ModelLoader.Load(s_model.Resolve(parsed), load with { Weights = form })));
            LoadedModel wide = loaded[0].Model;
            return [.. bench.RunModel([.. loaded.Select(static one => (one.Form, one.Model.Executors))], wide.Card.Name, wide.Lowering, wide.Reference.ModelPath)];
        }
        finally
        {
            foreach ((_, LoadedModel model) in loaded) model.Dispose();
        }
    }

    /// <summary>The forms to show beside float32.</summary>
    private static ImmutableArray<WeightForm> FormsOf(ParseResult parsed) => s_model.Weights(parsed).Remove(WeightForm.Float32);

    /// <summary>The same measurement on every thread at once, each with streams of its own; a row is the mean over threads of the cost per lane and step.</summary>
    private static List<BenchRow> TimeOnThreads(StepBench bench, ParseResult parsed, int threads)
    {
        List<BenchRow>[] all = new List<BenchRow>[threads];
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => all[i] = Time(bench, parsed)))];
        foreach (Thread worker in workers) worker.Start();
        foreach (Thread worker in workers) worker.Join();
        return [.. all[0].Select((row, i) => row with
        {
            Ns = all.Average(rows => rows[i].Ns),
            PeerNs = all.Average(rows => rows[i].PeerNs),
            Float32Ns = all.Average(rows => rows[i].Float32Ns),
            BytesAllocated = all.Sum(rows => rows[i].BytesAllocated),
            PeakFraction = all.Average(rows => rows[i].PeakFraction),
        })];
    }

    private static void WriteTable(IReadOnlyList<BenchRow> rows)
    {
        TextTable table = new("name", "input", "hidden", "batch", "weights", "ns/step", "faster than f32", "steps/s/core", "peer ns", "ratio", "allocated", "of peak", "bytes/stream");
        foreach (BenchRow row in rows)
        {
            table.Add(
                row.Name, Text($"{row.Input}"), row.Hidden > 0 ? Text($"{row.Hidden}") : "", Text($"{row.Batch}"), row.Weights, Text($"{row.Ns:0.0}"), double.IsNaN(row.Float32Ns) ? "" : Text($"{row.Float32Ratio:0.00}"), Text($"{1e9 / row.Ns:0}"),
                double.IsNaN(row.PeerNs) ? "" : Text($"{row.PeerNs:0.0}"), double.IsNaN(row.PeerNs) ? "" : Text($"{row.Ratio:0.00}"), Text($"{row.BytesAllocated}"),
                double.IsNaN(row.PeakFraction) ? "" : Text($"{row.PeakFraction:0.00}"), Text($"{row.StateBytes}"));
        }
        table.Write();
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<BenchRow> rows)
    {
        json.WriteStartArray();
        foreach (BenchRow row in rows)
        {
            json.WriteStartObject();
            json.WriteString(row.Hidden > 0 ? "cell" : "model", row.Name);
            json.WriteNumber("input", row.Input);
            json.WriteNumber("hidden", row.Hidden);
            json.WriteNumber("batch", row.Batch);
            json.WriteString("weights", row.Weights);
            json.WriteNumber("ns", row.Ns);
            if (!double.IsNaN(row.Float32Ns)) json.WriteNumberOrNull("float32Ratio", row.Float32Ratio);
            json.WriteNumberOrNull("peerNs", row.PeerNs);
            json.WriteNumberOrNull("ratio", row.Ratio);
            json.WriteNumber("bytesAllocated", row.BytesAllocated);
            json.WriteNumberOrNull("peakFraction", row.PeakFraction);
            json.WriteNumber("stateBytes", row.StateBytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
