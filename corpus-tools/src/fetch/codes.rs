//! Stable codes of [`fetch`](super::fetch), `SPROG-21xx`; see [`mod@sprog_formats::codes`].

sprog_formats::codes! {
    INSECURE = 2101, "The address is not https, or an https address redirects to something else. Anyone on the way can read and change what goes over http, so only https is fetched unless http is allowed for the run.";
    PRIVATE_ADDRESS = 2102, "The host's name leads to an address inside this machine or a private network. A recipe from someone else must not reach services there, so such addresses are refused unless allowed for the run.";
    STATUS = 2103, "The server answered with a status that is neither the file nor a redirect, also after repeated attempts if the status is a passing one.";
    HASH = 2104, "The sha256 of what came is not the one in the recipe. Nothing was kept. The publisher changed the file, or it was damaged or tampered with: find out which before you change the recipe.";
    LENGTH = 2105, "The number of bytes is not the one in the recipe. Nothing was kept.";
    STALLED = 2106, "The server sent nothing, or almost nothing, for the length of the timeout. What came is kept; the next run goes on from there.";
    NETWORK = 2107, "The server could not be found or reached, its certificate is not valid, or the connection broke. What came is kept; the next run goes on from there.";
    TOO_LARGE = 2108, "The file is larger than the limit for one download. Nothing was kept.";
    IO = 2109, "A file or folder of the cache, or the local source, could not be read or written; or another run is fetching the same file.";
    BAD_URL = 2110, "The address can't be used: it is malformed, or it holds a user name or password. Those would end up in recipes, cards and logs, so they are refused.";
    REDIRECT = 2111, "The server redirects too often, or to nowhere.";
    BAD_DIGEST = 2112, "`sha256` in the recipe is not 64 hexadecimal digits.";
}
