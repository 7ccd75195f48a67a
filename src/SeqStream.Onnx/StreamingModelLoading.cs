using SeqStream.Kernels;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;

namespace SeqStream;

/// <summary>Adds loading from ONNX files to <see cref="StreamingModel"/>: <c>StreamingModel.Load("models/activity")</c>.</summary>
public static class StreamingModelLoading
{
    private const string ModelFileName = "model.onnx";

    extension(StreamingModel)
    {
        /// <summary>Loads an ONNX model, compiles it into steps and binds it to this machine.</summary>
        /// <param name="path">An <c>.onnx</c> file, or a model folder with a <c>model.onnx</c> inside.</param>
        /// <param name="options">What the model's file leaves open; null to find everything.</param>
        /// <param name="choice">The instruction set; null for the best of this machine.</param>
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        /// <exception cref="OnnxFormatException">The file is no valid ONNX model.</exception>
        /// <exception cref="ModelNotStreamableException">The model cannot run step by step; the message names every node that prevents it.</exception>
        public static StreamingModel Load(string path, LoweringOptions? options = null, KernelChoice? choice = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            string file = Directory.Exists(path) ? Path.Combine(path, ModelFileName) : path;
            if (!File.Exists(file)) throw new FileNotFoundException($"There is no model at '{file}'. Expected an .onnx file, or a folder with a {ModelFileName} inside.", file);
            return StreamingModel.FromPlan(OnnxLowering.Lower(OnnxModel.Load(file), options).PlanOrThrow(), choice);
        }
    }
}
