/*
 * words.cpp - the entities of a text, while it is being read.
 *
 *     words [MODEL] < text.txt
 *
 * Prints every word with its tag, as soon as the model has made up its mind.
 */
#include <iostream>
#include <seqstream.hpp>

static void tell(seqstream::stream &stream) {
    while (auto said = stream.poll()) {
        if (said->kind == SEQSTREAM_LABEL) std::cout << said->text << '\t' << said->label << '\n';
        if (said->kind == SEQSTREAM_END) std::cout << '\n';
    }
}

int main(int argc, char **argv) {
    try {
        seqstream::model model(argc > 1 ? argv[1] : "ner");
        seqstream::stream stream(model);
        for (std::string line; std::getline(std::cin, line);) {
            stream.push_text(line);
            stream.end();
            tell(stream);
        }
        return 0;
    } catch (const seqstream::error &failure) {
        std::cerr << "words: " << failure.what() << '\n';
        return 1;
    }
}
