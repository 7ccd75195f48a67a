using System.Text;

namespace SeqStream.Audio.Commands;

/// <summary>Cuts a command into program and arguments as a POSIX shell does with words, quotes and backslashes; nothing is expanded and no shell runs.</summary>
internal static class CommandLine
{
    public static IReadOnlyList<string> Split(string command)
    {
        List<string> words = [];
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (c == '\\' && quote != '\'' && i + 1 < command.Length) (word ??= new()).Append(command[++i]);
            else if (c == quote) quote = '\0';
            else if (quote != '\0') word!.Append(c);
            else if (c is '\'' or '"')
            {
                quote = c;
                word ??= new();
            }
            else if (char.IsWhiteSpace(c))
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
            }
            else (word ??= new()).Append(c);
        }
        if (quote != '\0') throw AudioThrow.CommandQuote(command);
        if (word is not null) words.Add(word.ToString());
        return words.Count > 0 ? words : throw AudioThrow.CommandEmpty();
    }
}
