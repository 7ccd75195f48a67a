using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using SeqStream.Hosting.Configuration;

namespace SeqStream.Hosting.Logging;

/// <summary>Formats entries for a <see cref="LineLoggerProvider"/>.</summary>
internal sealed class LineLogger(LineLoggerProvider provider) : ILogger
{
    private const string Template = "{OriginalFormat}";
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.Least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        string message = formatter(state, exception);
        if (exception is not null) message += $" {exception}";
        provider.Write(provider.Form switch
        {
            LogForm.Json => Json(logLevel, eventId, message, state as IReadOnlyList<KeyValuePair<string, object?>> ?? []),
            LogForm.Journal => string.Create(CultureInfo.InvariantCulture, $"<{Priority(logLevel)}>{OneLine(message)}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{provider.Now:yyyy-MM-ddTHH:mm:ss.fffZ} {Word(logLevel)} {OneLine(message)}"),
        });
    }

    private string Json(LogLevel level, EventId id, string message, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, s_json))
        {
            json.WriteStartObject();
            json.WriteString("time", provider.Now.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", Word(level));
            if (id.Name is not null) json.WriteString("event", id.Name);
            json.WriteString("message", message);
            foreach ((string name, object? value) in values)
            {
                if (name == Template) continue;
                string key = JsonNamingPolicy.CamelCase.ConvertName(name);
                if (value is int or long) json.WriteNumber(key, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                else if (value is double number && double.IsFinite(number)) json.WriteNumber(key, number);
                else json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Priorities of syslog(3), which the journal reads at the beginning of a line.</summary>
    private static int Priority(LogLevel level) => level switch { LogLevel.Critical => 2, LogLevel.Error => 3, LogLevel.Warning => 4, LogLevel.Information => 6, _ => 7 };

    private static string Word(LogLevel level) => level switch { LogLevel.Critical => "critical", LogLevel.Error => "error", LogLevel.Warning => "warning", LogLevel.Information => "information", _ => "debug" };

    private static string OneLine(string message)
    {
        if (!message.Any(char.IsControl)) return message;
        StringBuilder line = new();
        foreach (char letter in message)
        {
            if (char.IsControl(letter)) line.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else line.Append(letter);
        }
        return line.ToString();
    }
}
