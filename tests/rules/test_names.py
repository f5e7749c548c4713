import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlint.names import is_expiry_name, is_secret_name, is_state_name, is_token_name, last, split


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("accessToken", "access token"),
        ("access_token", "access token"),
        ("access-token", "access token"),
        ("ACCESS_TOKEN", "access token"),
        ("AccessTokenURL", "access token url"),
        ("JWTToken", "jwt token"),
        ("x-auth-token", "x auth token"),
        ("X-API-Key", "x api key"),
        ("oauth2Token", "oauth 2 token"),
        ("tokenizer", "tokenizer"),
        ("_", ""),
        ("", ""),
        ("self.access_token", "self access token"),
    ],
)
def test_words(name: str, words: str) -> None:
    assert split(name) == tuple(words.split())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("token", "token"),
        ("self.token", "token"),
        ("data.tokens.0", "tokens"),
        ("data.tokens.[]", "tokens"),
        ("self.get_token()", "get_token"),
        ("fetch().json().access_token", "access_token"),
        ("", ""),
        ("[]", ""),
    ],
)
def test_last_name_of_a_path(path: str, name: str) -> None:
    assert last(path) == name


TOKENS = """
    token tokens access_token accessToken accessTokens access-token ACCESS_TOKEN refreshToken id_token idToken authToken
    x-auth-token jwtToken jwt JWT bearer bearerToken apikey apiKey api_key API_KEY X-API-Key AccessKey sessionToken
    client_secret clientSecret CLIENT-SECRET private_key privateKey credential credentials AWS_SECRET_ACCESS_KEY
    authtoken clientsecret jwtSecret token1 token_2 userToken githubToken ID_TOKEN apiKeys
"""
SECRETS = "secret password PASSWORD passwd db_pwd passphrase SECRET_KEY appSecret consumerSecret secrets"
NEITHER = """
    NextToken nextPageToken TOKEN_URL token_uri token_endpoint token_type tokenType tokenExpiresAt tokenExpirationDate
    token_expiry accessTokenExpires csrfToken csrf_token xsrf-token max_tokens maxNewTokens designTokens design_tokens
    pushToken fcm_token device_token token_fail_reason tokenizer tokenize token_count tokenUsage tokens_used
    input_tokens num_tokens totalTokens page_token continuationToken reset_token inviteToken verification_token
    symbolToken token_id access_key_id credentials_file tokenPath tokenStore token_service credentialProvider tokenName
    id key user code state monkey author tokyo secretary _ password_reset_url passwordField password_hint
    secret_name passwordError passwordLength token_lifetime tokenTTL cssTokens 123
"""


@pytest.mark.parametrize("name", TOKENS.split())
def test_token_names(name: str) -> None:
    assert is_token_name(name)
    assert is_secret_name(name)


@pytest.mark.parametrize("name", SECRETS.split())
def test_secret_names_that_are_no_tokens(name: str) -> None:
    assert is_secret_name(name)
    assert not is_token_name(name)


@pytest.mark.parametrize("name", [*NEITHER.split(), ""])
def test_names_that_are_neither(name: str) -> None:
    assert not is_token_name(name)
    assert not is_secret_name(name)


EXPIRY = """
    expires_in expiresIn expires_at expires exp expiry expiration tokenExpiresAt valid_until validUntil token_expiry
    EXPIRES_IN is_expired isExpired expired token_exp jwtExp accessTokenExpires expirationTime not_after maxAge max_age
    token_ttl accessTokenLifetime until tokenExpirationDate x_refresh_token_expires_in
"""


@pytest.mark.parametrize("name", EXPIRY.split())
def test_expiry_names(name: str) -> None:
    assert is_expiry_name(name)


NOT_EXPIRY = "RegExp expression expected export experience age valid until_done token access"


@pytest.mark.parametrize("name", NOT_EXPIRY.split())
def test_names_that_say_nothing_of_expiry(name: str) -> None:
    assert not is_expiry_name(name)


STATE = """
    state STATE oauth_state oauthState savedState stored_state expectedState state_param stateCookie auth_state
    spotify_auth_state returnedState stateToken OAuth2State
"""


@pytest.mark.parametrize("name", STATE.split())
def test_state_names(name: str) -> None:
    assert is_state_name(name)


OTHER_STATE = """
    useState setState initialState readyState power_state statement status app_state us_state loadingState estate
    stateMachine replaceState token_param
"""


@pytest.mark.parametrize("name", OTHER_STATE.split())
def test_names_of_other_states(name: str) -> None:
    assert not is_state_name(name)


@given(st.text())
def test_any_text_has_an_answer(name: str) -> None:
    words = split(name)
    assert all(word and word == word.lower() for word in words)
    assert is_secret_name(name) or not is_token_name(name)
    assert isinstance(is_expiry_name(last(name)), bool)
    assert isinstance(is_state_name(name), bool)
